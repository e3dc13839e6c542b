"""Steps around a post."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from vae.latent.gaussian import Latents


def neighbour(latents: Latents, noise: Tensor, radius: Tensor, _toward: Tensor) -> Tensor:
    """mean + radius * noise: a step of the given radius, in prior standard deviations, around each mean."""
    return latents.mean + radius[:, None, None] * noise
