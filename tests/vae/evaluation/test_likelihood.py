import math

import pytest
import torch
from torch.distributions import Independent, MultivariateNormal, Normal, kl_divergence

from vae.data.array_batch import ArrayBatch
from vae.evaluation import likelihood
from vae.evaluation.likelihood import bounds, importance_weighted_nll, mutual_information
from vae.latent.gaussian import Latents
from vae.models.prior import Prior
from vae.models.vae import VAE

SLOTS, DIM, VALUES = 2, 2, 6
DEVIATION = 0.8


class LinearGaussian(VAE[ArrayBatch]):
    """A model with x = W z + noise that encodes to the exact posterior, moved and widened.

    The columns of W are orthogonal, so that the exact posterior is diagonal, like q.
    """

    def __init__(self, *, moved=0.0, widened=1.0, learned=False):
        super().__init__()
        self.slots, self.dim, self.prior = SLOTS, DIM, Prior(SLOTS, DIM, learned=learned)
        self.moved, self.widened = moved, widened
        torch.manual_seed(0)
        self.weight = torch.linalg.qr(torch.randn(VALUES, SLOTS * DIM))[0].double() * torch.tensor([0.3, 1, 2, 3])
        self.double()
        if learned:
            self.prior.load_state_dict({name: torch.randn(SLOTS, DIM) for name in ("mean", "log_var")})

    def exact(self):
        """Returns the distribution of x."""
        mean = self.weight @ self.prior.mean.flatten()
        spread = self.weight * self.prior.log_var.exp().flatten() @ self.weight.T
        return MultivariateNormal(mean, spread + DEVIATION**2 * torch.eye(VALUES))

    def exact_posterior(self, batch):
        """Returns the posterior of z."""
        own = torch.exp(-self.prior.log_var).flatten()
        precision = own + self.weight.square().sum(0) / DEVIATION**2
        mean = (own * self.prior.mean.flatten() + batch.values @ self.weight / DEVIATION**2) / precision
        return Normal(mean.view(-1, SLOTS, DIM), precision.rsqrt().view(SLOTS, DIM).expand(len(batch), SLOTS, DIM))

    def posterior(self, batch):
        exact = self.exact_posterior(batch)
        return Latents(exact.mean + self.moved, 2 * (exact.stddev * self.widened).log())

    def nats(self, z, batch):
        return -Normal(z.flatten(1) @ self.weight.T, DEVIATION).log_prob(batch.values).sum(-1)

    def active(self, batch):
        return torch.ones(len(batch), SLOTS, dtype=torch.bool)

    def decoder_parts(self):
        return []


def drawn(model, rows):
    torch.manual_seed(1)
    return ArrayBatch(model.exact().sample((rows,)))


@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize(("rows", "samples"), [(1, 1), (5, 7), (7, 200), (600, 3)])
def test_with_the_exact_posterior_any_number_of_samples_gives_the_likelihood(learned, rows, samples):
    model = LinearGaussian(learned=learned)
    batch = drawn(model, rows)
    nll = importance_weighted_nll(model, batch, samples=samples, seed=0)
    torch.testing.assert_close(nll, -model.exact().log_prob(batch.values), rtol=0, atol=1e-6)


def test_the_likelihood_is_exact_to_a_thousandth_of_a_nat_in_single_precision():
    model = LinearGaussian()
    batch = drawn(model, 20)
    exact = -model.exact().log_prob(batch.values)
    model.float().weight = model.weight.float()
    nll = importance_weighted_nll(model, ArrayBatch(batch.values.float()), samples=500, seed=0)
    torch.testing.assert_close(nll.double(), exact, rtol=0, atol=1e-3)


@pytest.mark.parametrize("learned", [False, True])
def test_with_another_posterior_more_samples_approach_the_likelihood_from_above(learned):
    model = LinearGaussian(moved=0.1, widened=1.5, learned=learned)
    batch = drawn(model, 300)
    exact = -model.exact().log_prob(batch.values)
    gaps = [
        (importance_weighted_nll(model, batch, samples=samples, seed=0) - exact).mean().item()
        for samples in (1, 5, 50, 1000)
    ]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] > 0.3
    assert gaps[-1] == pytest.approx(0.0, abs=0.01)


def test_one_sample_is_the_elbo_on_average():
    model = LinearGaussian(moved=0.1, widened=1.5)
    batch = drawn(model, 2000)
    nll = importance_weighted_nll(model, batch, samples=1, seed=0).mean().item()
    assert nll == pytest.approx(-bounds(model, [batch], seed=1).elbo, abs=0.1)


@pytest.mark.parametrize("learned", [False, True])
def test_the_elbo_is_the_likelihood_less_the_kl_of_both_posteriors(learned):
    model = LinearGaussian(moved=0.1, widened=1.5, learned=learned)
    batch = drawn(model, 20)
    exact = model.exact_posterior(batch)
    gap = kl_divergence(Independent(Normal(exact.mean + 0.1, exact.stddev * 1.5), 2), Independent(exact, 2)).mean()
    nll = -model.exact().log_prob(batch.values).mean()
    assert -bounds(model, [batch.repeat(2000)], seed=0).elbo == pytest.approx((nll + gap).item(), abs=0.02)


def test_bounds_are_means_over_texts_in_any_batches():
    model = LinearGaussian(moved=0.1)
    batch = drawn(model, 5)
    whole, parts = bounds(model, [batch], seed=0), bounds(model, [batch[:4], batch[4:]], seed=0)
    assert whole.elbo == pytest.approx(-(whole.reconstruction + whole.kl))
    assert (parts.kl, parts.texts, parts.pieces) == (pytest.approx(whole.kl), 5, 5)
    assert whole.kl == pytest.approx(model.prior.kl(model.posterior(batch)).sum().item() / 5)


def test_a_unit_is_active_if_its_mean_varies_over_texts(monkeypatch):
    means = torch.tensor([[0.3, 0.05, 0.0, 5.0], [-0.3, -0.05, 0.0, 5.0]], dtype=torch.float64).view(2, SLOTS, DIM)
    model = LinearGaussian()
    monkeypatch.setattr(model, "posterior", lambda _batch: Latents(means, torch.zeros_like(means)))
    of_model = bounds(model, [drawn(model, 2)], seed=0)
    assert (of_model.active_units, of_model.units) == (1, 4)


def test_bounds_of_no_text_are_an_error():
    with pytest.raises(ValueError, match="no text"):
        bounds(LinearGaussian(), [], seed=0)


def test_so_many_samples_are_scored_together_and_at_least_one_of_each_text(monkeypatch):
    model = LinearGaussian(moved=0.1)
    scored = []
    nats = model.nats
    monkeypatch.setattr(model, "nats", lambda z, batch: scored.append(len(z)) or nats(z, batch))
    monkeypatch.setattr(likelihood, "_ROWS", 10)
    batch = drawn(model, 4)
    importance_weighted_nll(model, batch, samples=5, seed=0)
    importance_weighted_nll(model, batch.repeat(3), samples=2, seed=0)
    assert scored == [8, 8, 4, 12, 12]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_estimate(seed):
    model = LinearGaussian(moved=0.3)
    batch = drawn(model, 5)
    first, second = (importance_weighted_nll(model, batch, samples=3, seed=seed) for _ in range(2))
    assert first.tolist() == second.tolist()
    assert first.tolist() != importance_weighted_nll(model, batch, samples=3, seed=seed + 5).tolist()


def test_the_mutual_information_of_equal_posteriors_is_0():
    alike = Latents(torch.full((6, 2, 3), 0.7), torch.full((6, 2, 3), -1.0))
    assert mutual_information(alike, seed=0) == pytest.approx(0.0, abs=1e-5)


def test_the_mutual_information_of_texts_far_apart_is_that_of_their_number():
    apart = Latents(100.0 * torch.arange(6.0)[:, None, None].expand(6, 2, 3), torch.zeros(6, 2, 3))
    assert mutual_information(apart, seed=0) == pytest.approx(math.log(6))


def test_the_mutual_information_of_two_groups_is_that_of_the_group():
    groups = Latents(100.0 * (torch.arange(6) % 2)[:, None, None].expand(6, 2, 3), torch.zeros(6, 2, 3))
    assert mutual_information(groups, seed=0) == pytest.approx(math.log(2))
