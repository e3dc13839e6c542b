import torch

from vae.latent.strategies import neighbour


def test_a_neighbour_is_a_step_in_prior_deviations(posteriors, noise, toward):
    found = neighbour(posteriors, noise, torch.full((3,), 0.3), toward)
    torch.testing.assert_close(found, posteriors.mean + 0.3 * noise)
