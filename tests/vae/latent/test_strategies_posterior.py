import torch

from vae.latent.strategies import posterior


def test_radius_1_is_the_reparameterised_sample(posteriors, noise, toward):
    z = posterior(posteriors, noise, torch.ones(3), toward)
    torch.testing.assert_close(z, posteriors.sample(noise))
