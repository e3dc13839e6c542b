"""Draws from a post's own posterior."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from vae.latent.gaussian import Latents


def posterior(latents: Latents, noise: Tensor, radius: Tensor, _toward: Tensor) -> Tensor:
    """mean + radius * standard deviation * noise: q(z|x) itself at radius 1, flatter or sharper elsewhere."""
    return latents.mean + radius[:, None, None] * (latents.sample(noise) - latents.mean)
