import math

import pytest
import torch
from torch.distributions import Independent, Normal, kl_divergence

from vae.latent.gaussian import Latents
from vae.models.prior import Prior


def draw(*shape, seed):
    """Draws standard normal numbers in double precision."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.fixture(scope="module")
def latents():
    return Latents(draw(5, 3, 4, seed=0), draw(5, 3, 4, seed=1))


@pytest.fixture(params=["standard", "learned"])
def prior(request):
    prior = Prior(3, 4, learned=request.param == "learned").double()
    if request.param == "learned":
        prior.load_state_dict({"mean": draw(3, 4, seed=2), "log_var": draw(3, 4, seed=3)})
    return prior


def distribution(gaussian):
    return Normal(gaussian.mean, torch.exp(0.5 * gaussian.log_var))


def test_a_prior_starts_as_the_standard_normal_and_has_parameters_if_it_is_learned():
    for learned in (False, True):
        prior = Prior(3, 4, learned=learned)
        assert [prior.mean.tolist(), prior.log_var.tolist()] == [[[0.0] * 4] * 3] * 2
        assert set(prior.state_dict()) == ({"mean", "log_var"} if learned else set())
        assert len(list(prior.parameters())) == (2 if learned else 0)


def test_kl_has_the_values_of_the_closed_form():
    latents = Latents(torch.tensor([[[0.0, 2.0, 0.0]]]), torch.tensor([[[0.0, 0.0, math.log(4.0)]]]))
    assert Prior(1, 3).kl(latents).flatten().tolist() == pytest.approx([0.0, 2.0, 0.5 * (4 - 1 - math.log(4.0))])


def test_kl_equals_that_of_torch(latents, prior):
    torch.testing.assert_close(prior.kl(latents), kl_divergence(distribution(latents), distribution(prior)))


def test_kl_is_the_mean_log_ratio_of_samples(latents, prior):
    z = latents.sample(draw(20_000, 5, 3, 4, seed=4))
    ratio = latents.log_density(z) - prior.log_density(z)
    error = ratio.std(0) / len(z) ** 0.5
    assert ((ratio.mean(0) - prior.kl(latents).sum((-2, -1))).abs() < 4 * error).all()


def test_gradients_of_kl_are_those_of_finite_differences(prior):
    parameters = [draw(2, 3, 4, seed=seed).requires_grad_() for seed in (0, 1)]
    assert torch.autograd.gradcheck(lambda mean, log_var: prior.kl(Latents(mean, log_var)), parameters)


def test_log_density_equals_that_of_torch(prior):
    z = draw(6, 5, 3, 4, seed=4)
    torch.testing.assert_close(prior.log_density(z), Independent(distribution(prior), 2).log_prob(z))


def test_samples_have_the_mean_and_variance_of_the_prior(prior):
    z = prior.sample(draw(100_000, 3, 4, seed=4))
    torch.testing.assert_close(z.mean(0), prior.mean.expand(3, 4).detach(), rtol=0, atol=0.05)
    torch.testing.assert_close(z.var(0).log(), prior.log_var.expand(3, 4).detach(), rtol=0, atol=0.03)


def test_a_slot_that_is_not_active_equals_the_prior_and_has_no_kl_or_gradient(prior):
    parameters = [draw(2, 3, 4, seed=seed).requires_grad_() for seed in (0, 1)]
    active = torch.tensor([[True, False, True], [False, False, True]])
    latents = prior.where_inactive(Latents(*parameters), active)
    kl = prior.kl(latents)
    assert torch.equal(latents.mean[active], parameters[0][active])
    assert torch.equal(latents.log_var[active], parameters[1][active])
    assert (kl[~active] == 0).all()
    assert (kl[active] > 0).all()
    grads = torch.autograd.grad(kl[~active].sum(), [*parameters, *prior.parameters()])
    assert all((grad == 0).all() for grad in grads)
