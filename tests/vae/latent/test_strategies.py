import pytest
import torch

from vae.latent.gaussian import Latents
from vae.latent.strategies import STRATEGIES, WITH_RADIUS, neighbour, posterior, prior


@pytest.fixture(scope="module")
def latents():
    generator = torch.Generator().manual_seed(0)
    return Latents(torch.randn(3, 2, 4, generator=generator), torch.randn(3, 2, 4, generator=generator))


@pytest.fixture(scope="module")
def noise():
    return torch.randn(3, 2, 4, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", WITH_RADIUS)
def test_radius_0_is_the_mean(latents, noise, name):
    torch.testing.assert_close(STRATEGIES[name](latents, noise, torch.zeros(3)), latents.mean, rtol=0, atol=0)


@pytest.mark.parametrize("name", WITH_RADIUS)
def test_each_row_steps_by_its_own_radius(latents, noise, name):
    radii = torch.tensor([0.0, 0.5, 2.0])
    steps = STRATEGIES[name](latents, noise, radii) - latents.mean
    whole = STRATEGIES[name](latents, noise, torch.ones(3)) - latents.mean
    torch.testing.assert_close(steps, radii[:, None, None] * whole)


def test_a_neighbour_is_a_step_in_prior_deviations(latents, noise):
    torch.testing.assert_close(neighbour(latents, noise, torch.full((3,), 0.3)), latents.mean + 0.3 * noise)


def test_posterior_with_radius_1_is_the_reparameterised_sample(latents, noise):
    torch.testing.assert_close(posterior(latents, noise, torch.ones(3)), latents.sample(noise))


def test_prior_ignores_the_post(latents, noise):
    other = Latents(latents.mean + 5, latents.log_var - 1)
    torch.testing.assert_close(prior(latents, noise, torch.zeros(3)), noise, rtol=0, atol=0)
    torch.testing.assert_close(prior(other, noise, torch.ones(3)), noise, rtol=0, atol=0)
