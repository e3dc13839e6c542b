import torch

from vae.latent.strategies import neighbour


def test_a_neighbour_is_a_step_in_standard_deviations_of_the_prior(posteriors, noise, toward):
    z = neighbour(posteriors, noise, torch.full((3,), 0.3), toward)
    torch.testing.assert_close(z, posteriors.mean + 0.3 * noise)
