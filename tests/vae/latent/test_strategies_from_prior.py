import torch

from vae.latent.gaussian import Latents
from vae.latent.strategies import from_prior


def test_a_draw_from_the_prior_does_not_depend_on_the_post(posteriors, noise, toward):
    other = Latents(posteriors.mean + 5, posteriors.log_var - 1)
    for latents in (posteriors, other):
        assert torch.equal(from_prior(latents, noise, torch.zeros(3), toward), toward)
