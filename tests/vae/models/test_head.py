import pytest
import torch

from vae.models.head import LOG_VAR, PosteriorHead, all_active
from vae.models.prior import Prior

ACTIVE = torch.tensor([[True, True], [True, False], [True, False], [True, True]])


@pytest.fixture
def prior():
    prior = Prior(2, 3, learned=True)
    torch.nn.init.constant_(prior.mean, 0.5)
    return prior


@pytest.fixture
def states():
    return torch.randn(4, 2, 5, generator=torch.Generator().manual_seed(0))


def make_head(**options):
    torch.manual_seed(0)
    return PosteriorHead(5, 3, **options)


def test_mean_and_log_var_are_the_two_halves_of_one_layer(prior, states):
    head = make_head()
    latents = head(states, all_active(states, 2), prior)
    torch.testing.assert_close(torch.cat([latents.mean, latents.log_var], -1), head.gaussian(states))


def test_log_var_is_bounded(prior, states):
    log_var = make_head()(1e6 * states, all_active(states, 2), prior).log_var
    assert (log_var.min().item(), log_var.max().item()) == LOG_VAR


def test_a_slot_that_is_not_active_is_the_prior(prior, states):
    latents = make_head()(states, ACTIVE, prior)
    assert (latents.mean[~ACTIVE] == 0.5).all()
    assert (latents.log_var[~ACTIVE] == 0).all()


def test_normalised_means_have_the_given_standard_deviation_over_the_active_slots(prior, states):
    latents = make_head(batch_norm=0.7)(states, ACTIVE, prior)
    means = latents.mean[ACTIVE]
    torch.testing.assert_close(means.mean(0), torch.zeros(3), rtol=0, atol=1e-5)
    torch.testing.assert_close(means.std(0, unbiased=False), torch.full((3,), 0.7), rtol=1e-3, atol=0)
    assert (latents.mean[~ACTIVE] == 0.5).all()


def test_the_statistics_leave_out_slots_that_are_not_active(prior, states):
    one, other = make_head(batch_norm=0.7), make_head(batch_norm=0.7)
    moved = torch.where(ACTIVE[..., None], states, 100.0)
    torch.testing.assert_close(one(states, ACTIVE, prior).mean, other(moved, ACTIVE, prior).mean)
    torch.testing.assert_close(one.normalise.running_var, other.normalise.running_var)


def test_the_scale_of_the_normalisation_is_fixed(prior, states):
    head = make_head(batch_norm=0.7)
    head(states, ACTIVE, prior).mean.sum().backward()
    assert head.normalise.weight.tolist() == pytest.approx([0.7] * 3)
    assert head.normalise.weight.grad is None
    assert head.normalise.bias.grad is not None


def test_a_single_active_slot_is_normalised_by_the_running_statistics(prior, states):
    head, active = make_head(batch_norm=0.7), torch.tensor([[True, False]])
    head(states, ACTIVE, prior)
    alone = head(states[:1], active, prior)
    torch.testing.assert_close(alone.mean, head.eval()(states[:1], active, prior).mean)
    assert alone.mean.isfinite().all()


def test_in_eval_mode_a_text_does_not_depend_on_the_others(prior, states):
    head = make_head(batch_norm=0.7)
    head(states, ACTIVE, prior)
    together = head.eval()(states, ACTIVE, prior)
    torch.testing.assert_close(head(states[1:2], ACTIVE[1:2], prior).mean, together.mean[1:2])


def test_all_active_is_true_for_every_slot_of_every_row():
    assert all_active(torch.zeros(2, 7), 3).tolist() == [[True] * 3] * 2
