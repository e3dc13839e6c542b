import pytest
import torch

from vae.models.head import LOG_VAR, PosteriorHead, all_active
from vae.models.prior import Prior

ACTIVE = torch.tensor([[True, True], [True, False], [True, False], [True, True]])


@pytest.fixture
def prior():
    made = Prior(2, 3, learned=True)
    torch.nn.init.constant_(made.mean, 0.5)
    return made


@pytest.fixture
def states():
    return torch.randn(4, 2, 5, generator=torch.Generator().manual_seed(0))


def head(**options):
    torch.manual_seed(0)
    return PosteriorHead(5, 3, **options)


def test_mean_and_log_var_are_the_two_halves_of_one_layer(prior, states):
    made = head()
    latents = made(states, all_active(states, 2), prior)
    torch.testing.assert_close(torch.cat([latents.mean, latents.log_var], -1), made.gaussian(states))


def test_log_var_is_bounded(prior, states):
    log_var = head()(1e6 * states, all_active(states, 2), prior).log_var
    assert (log_var.min().item(), log_var.max().item()) == LOG_VAR


def test_a_slot_that_is_not_active_is_the_prior(prior, states):
    latents = head()(states, ACTIVE, prior)
    assert (latents.mean[~ACTIVE] == 0.5).all()
    assert (latents.log_var[~ACTIVE] == 0).all()


def test_normalised_means_have_one_deviation_over_the_active_slots(prior, states):
    latents = head(batch_norm=0.7)(states, ACTIVE, prior)
    found = latents.mean[ACTIVE]
    torch.testing.assert_close(found.mean(0), torch.zeros(3), rtol=0, atol=1e-5)
    torch.testing.assert_close(found.std(0, unbiased=False), torch.full((3,), 0.7), rtol=1e-3, atol=0)
    assert (latents.mean[~ACTIVE] == 0.5).all()


def test_slots_that_are_not_active_have_no_part_in_the_statistics(prior, states):
    one, other = head(batch_norm=0.7), head(batch_norm=0.7)
    moved = torch.where(ACTIVE[..., None], states, 100.0)
    torch.testing.assert_close(one(states, ACTIVE, prior).mean, other(moved, ACTIVE, prior).mean)
    torch.testing.assert_close(one.normalise.running_var, other.normalise.running_var)


def test_the_scale_of_the_normalisation_is_fixed(prior, states):
    made = head(batch_norm=0.7)
    made(states, ACTIVE, prior).mean.sum().backward()
    assert made.normalise.weight.tolist() == pytest.approx([0.7] * 3)
    assert made.normalise.weight.grad is None
    assert made.normalise.bias.grad is not None


def test_one_slot_alone_is_normalised_as_later_texts_are(prior, states):
    made, active = head(batch_norm=0.7), torch.tensor([[True, False]])
    made(states, ACTIVE, prior)
    alone = made(states[:1], active, prior)
    torch.testing.assert_close(alone.mean, made.eval()(states[:1], active, prior).mean)
    assert alone.mean.isfinite().all()


def test_without_training_a_text_does_not_depend_on_the_others(prior, states):
    made = head(batch_norm=0.7)
    made(states, ACTIVE, prior)
    together = made.eval()(states, ACTIVE, prior)
    torch.testing.assert_close(made(states[1:2], ACTIVE[1:2], prior).mean, together.mean[1:2])


def test_all_slots_are_active_where_a_model_uses_all():
    assert all_active(torch.zeros(2, 7), 3).tolist() == [[True] * 3] * 2
