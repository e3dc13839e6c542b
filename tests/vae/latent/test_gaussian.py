import math

import pytest
import torch
from torch.distributions import Independent, Normal, kl_divergence

from vae.latent.gaussian import Latents, log_prior


@pytest.fixture(scope="module")
def latents():
    generator = torch.Generator().manual_seed(0)
    return Latents(torch.randn(5, 3, 4, generator=generator), torch.randn(5, 3, 4, generator=generator))


@pytest.fixture(scope="module")
def z():
    return torch.randn(5, 3, 4, generator=torch.Generator().manual_seed(1))


def distribution(latents):
    return Normal(latents.mean, torch.exp(0.5 * latents.log_var))


def test_kl_is_the_closed_form():
    latents = Latents(torch.tensor([[[0.0, 2.0, 0.0]]]), torch.tensor([[[0.0, 0.0, math.log(4.0)]]]))
    assert latents.kl().flatten().tolist() == pytest.approx([0.0, 2.0, 0.5 * (4 - 1 - math.log(4.0))])


def test_kl_is_that_of_torch(latents):
    torch.testing.assert_close(latents.kl(), kl_divergence(distribution(latents), Normal(0.0, 1.0)))


def test_log_density_is_that_of_torch(latents, z):
    torch.testing.assert_close(latents.log_density(z), Independent(distribution(latents), 2).log_prob(z))


def test_log_prior_is_that_of_torch(z):
    standard = Normal(torch.zeros_like(z), torch.ones_like(z))
    torch.testing.assert_close(log_prior(z), Independent(standard, 2).log_prob(z))


def test_a_sample_is_the_mean_and_a_multiple_of_the_deviation():
    latents = Latents(torch.tensor([[[1.0, 1.0]]]), torch.log(torch.tensor([[[4.0, 0.25]]])))
    noise = torch.tensor([[[1.0, -2.0]]])
    torch.testing.assert_close(latents.sample(noise), torch.tensor([[[3.0, 0.0]]]))
    torch.testing.assert_close(latents.sample(torch.zeros_like(noise)), latents.mean)


def test_samples_have_the_moments_of_the_posterior():
    many = torch.ones(100_000, 1, 1)
    samples = Latents(1.5 * many, math.log(0.25) * many).sample(
        torch.randn(many.shape, generator=torch.Generator().manual_seed(2))
    )
    assert samples.mean().item() == pytest.approx(1.5, abs=0.01)
    assert samples.std().item() == pytest.approx(0.5, abs=0.01)


def test_rows_are_picked_by_slice_or_index(latents):
    torch.testing.assert_close(latents[1:3].mean, latents.mean[1:3])
    torch.testing.assert_close(latents[torch.tensor([4, 0])].log_var, latents.log_var[[4, 0]])
