"""Where the new latents come from: around the post, from its posterior, or from the prior."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from vae.latent.gaussian import Latents


def neighbour(latents: Latents, noise: Tensor, radius: Tensor) -> Tensor:
    """mean + radius * noise: a step of the given radius, in prior standard deviations, around each mean."""
    return latents.mean + radius[:, None, None] * noise


def posterior(latents: Latents, noise: Tensor, radius: Tensor) -> Tensor:
    """mean + radius * standard deviation * noise: q(z|x) itself at radius 1, flatter or sharper elsewhere."""
    return latents.mean + radius[:, None, None] * (latents.sample(noise) - latents.mean)


def prior(_latents: Latents, noise: Tensor, _radius: Tensor) -> Tensor:
    """The standard normal: texts that owe nothing to the post."""
    return noise


STRATEGIES: dict[str, Callable[[Latents, Tensor, Tensor], Tensor]] = {
    "neighbour": neighbour,
    "posterior": posterior,
    "prior": prior,
}
"""Each maps posteriors of n segments, noise (n, slots, dim) and radii (n,) to z (n, slots, dim)."""

WITH_RADIUS = ("neighbour", "posterior")
"""Strategies whose amount of change the radius steers."""
