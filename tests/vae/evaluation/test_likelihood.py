import math
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from vae.evaluation import likelihood
from vae.evaluation.likelihood import bounds, importance_weighted_nll, mutual_information
from vae.latent.gaussian import Latents
from vae.training.batches import Batch

WEIGHT, DEVIATION = 2.0, 0.5
SPREAD = math.hypot(WEIGHT, DEVIATION)
OBSERVED = torch.tensor([-3.0, -0.5, 0.0, 1.0, 4.0])


@dataclass
class LinearGaussian:
    """x = WEIGHT z + noise, so that x ~ N(0, SPREAD²); encodes to its posterior, moved and widened."""

    moved: float = 0.0
    widened: float = 1.0

    def posterior(self, x: Tensor) -> Normal:
        """Of z."""
        precision = 1 + (WEIGHT / DEVIATION) ** 2
        return Normal(WEIGHT * x / DEVIATION**2 / precision, torch.full_like(x, precision**-0.5))

    def encode(self, ids: Tensor, _lengths: Tensor) -> Latents:
        exact = self.posterior(OBSERVED[ids[:, 0]])
        mean, deviation = exact.mean + self.moved, exact.stddev * self.widened
        return Latents(mean[:, None, None], 2 * deviation.log()[:, None, None])


@pytest.fixture(autouse=True)
def _gaussian_reconstruction(monkeypatch):
    def nats(_model, z, _inputs, ids):
        return -Normal(WEIGHT * z.flatten(), DEVIATION).log_prob(OBSERVED[ids[:, 0]])

    monkeypatch.setattr(likelihood, "reconstruction", nats)


BATCH = Batch(torch.arange(5)[:, None], torch.ones(5, dtype=torch.long))
EXACT = -Normal(0.0, SPREAD).log_prob(OBSERVED)


def test_with_the_true_posterior_one_sample_gives_the_likelihood():
    torch.testing.assert_close(importance_weighted_nll(LinearGaussian(), BATCH, samples=1, seed=0), EXACT)


def test_with_another_posterior_samples_approach_the_likelihood():
    model = LinearGaussian(moved=0.1, widened=1.5)
    few, many = (importance_weighted_nll(model, BATCH, samples=samples, seed=0) for samples in (2, 5000))
    torch.testing.assert_close(many, EXACT, rtol=0, atol=0.03)
    assert (many - EXACT).abs().mean() < (few - EXACT).abs().mean()


def test_the_elbo_is_the_likelihood_less_the_gap_of_the_posterior():
    model = LinearGaussian(moved=0.1, widened=1.5)
    exact = model.posterior(OBSERVED)
    gap = kl_divergence(Normal(exact.mean + 0.1, exact.stddev * 1.5), exact).mean()
    many = Batch(BATCH.ids.repeat(4000, 1), BATCH.lengths.repeat(4000))
    assert -bounds(model, [many], seed=0).elbo == pytest.approx((EXACT.mean() + gap).item(), abs=0.05)


def test_more_samples_bound_the_likelihood_tighter_on_average():
    model = LinearGaussian(moved=0.1, widened=1.5)
    many = Batch(BATCH.ids.repeat(400, 1), BATCH.lengths.repeat(400))
    elbo = bounds(model, [many], seed=0).elbo
    nlls = [importance_weighted_nll(model, many, samples=samples, seed=1).mean().item() for samples in (1, 5, 50)]
    assert nlls[0] == pytest.approx(-elbo, abs=0.1)
    assert nlls[0] > nlls[1] > nlls[2] > EXACT.mean().item() - 0.02
    assert -elbo > nlls[1]


def test_bounds_are_means_over_texts_whatever_the_batches():
    model = LinearGaussian(moved=0.1)
    whole = bounds(model, [BATCH], seed=0)
    parts = bounds(model, [Batch(BATCH.ids[:4], BATCH.lengths[:4]), Batch(BATCH.ids[4:], BATCH.lengths[4:])], seed=0)
    assert whole.elbo == pytest.approx(-(whole.reconstruction + whole.kl))
    assert (parts.kl, parts.texts, parts.pieces) == (pytest.approx(whole.kl), 5, 5)
    assert whole.kl == pytest.approx(model.encode(*BATCH).kl().sum().item() / 5)


def test_a_unit_is_active_where_its_mean_varies_over_texts(monkeypatch):
    monkeypatch.setattr(likelihood, "reconstruction", lambda _model, z, _inputs, _ids: z.sum((-2, -1)))
    means = torch.tensor([[0.3, 0.05, 0.0, 5.0], [-0.3, -0.05, 0.0, 5.0]])[:, None]

    class Fixed:
        def encode(self, _ids, _lengths):
            return Latents(means, torch.zeros_like(means))

    found = bounds(Fixed(), [Batch(BATCH.ids[:2], BATCH.lengths[:2])], seed=0)
    assert (found.active_units, found.units) == (1, 4)


def test_no_text_is_refused():
    with pytest.raises(ValueError, match="no text"):
        bounds(LinearGaussian(), [], seed=0)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_estimate(seed):
    model = LinearGaussian(moved=0.3)
    first, second = (importance_weighted_nll(model, BATCH, samples=3, seed=seed) for _ in range(2))
    assert first.tolist() == second.tolist()
    assert first.tolist() != importance_weighted_nll(model, BATCH, samples=3, seed=seed + 5).tolist()


def test_texts_with_one_posterior_tell_nothing_about_themselves():
    alike = Latents(torch.full((6, 2, 3), 0.7), torch.full((6, 2, 3), -1.0))
    assert mutual_information(alike, seed=0) == pytest.approx(0.0, abs=1e-5)


def test_texts_far_apart_tell_all():
    apart = Latents(100.0 * torch.arange(6.0)[:, None, None].expand(6, 2, 3), torch.zeros(6, 2, 3))
    assert mutual_information(apart, seed=0) == pytest.approx(math.log(6))


def test_two_groups_of_texts_tell_the_group():
    groups = Latents(100.0 * (torch.arange(6) % 2)[:, None, None].expand(6, 2, 3), torch.zeros(6, 2, 3))
    assert mutual_information(groups, seed=0) == pytest.approx(math.log(2))
