import math

import pytest
import torch
from torch.distributions import Independent, Normal

from vae.latent.gaussian import Latents


def draw(*shape, seed):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.fixture(scope="module")
def latents():
    return Latents(draw(5, 3, 4, seed=0), draw(5, 3, 4, seed=1))


def test_log_density_is_that_of_torch(latents):
    z = draw(5, 3, 4, seed=2)
    distribution = Normal(latents.mean, torch.exp(0.5 * latents.log_var))
    torch.testing.assert_close(latents.log_density(z), Independent(distribution, 2).log_prob(z))


def test_a_sample_is_the_mean_plus_noise_times_the_standard_deviation():
    latents = Latents(torch.tensor([[[1.0, 1.0]]]), torch.log(torch.tensor([[[4.0, 0.25]]])))
    noise = torch.tensor([[[1.0, -2.0]]])
    torch.testing.assert_close(latents.sample(noise), torch.tensor([[[3.0, 0.0]]]))
    torch.testing.assert_close(latents.sample(torch.zeros_like(noise)), latents.mean)


def test_samples_have_the_moments_of_the_posterior():
    many = torch.ones(100_000, 1, 1)
    samples = Latents(1.5 * many, math.log(0.25) * many).sample(draw(100_000, 1, 1, seed=2))
    assert samples.mean().item() == pytest.approx(1.5, abs=0.01)
    assert samples.std().item() == pytest.approx(0.5, abs=0.01)


def test_gradients_of_a_sample_are_those_of_finite_differences():
    noise = draw(2, 3, 4, seed=2)
    parameters = [draw(2, 3, 4, seed=seed).requires_grad_() for seed in (0, 1)]
    assert torch.autograd.gradcheck(lambda mean, log_var: Latents(mean, log_var).sample(noise).sin(), parameters)


def test_gradients_through_samples_are_those_of_the_expectation():
    # E[z²] = mean² + variance.
    mean, log_var = (torch.tensor([[[value]]], requires_grad=True) for value in (1.5, math.log(0.25)))
    samples = Latents(mean, log_var).sample(draw(100_000, 1, 1, seed=2))
    grads = torch.autograd.grad(samples.square().mean(), (mean, log_var))
    assert [grad.item() for grad in grads] == pytest.approx([3.0, 0.25], abs=0.02)


def test_rows_are_selected_by_slice_or_index(latents):
    torch.testing.assert_close(latents[1:3].mean, latents.mean[1:3])
    torch.testing.assert_close(latents[torch.tensor([4, 0])].log_var, latents.log_var[[4, 0]])
