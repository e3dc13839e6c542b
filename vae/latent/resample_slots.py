"""Some slots anew, the rest kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from vae.latent.gaussian import Latents


def resample_slots(latents: Latents, noise: Tensor, radius: Tensor, toward: Tensor) -> Tensor:
    """`toward`, a draw from the prior, in a share `radius` (0 to 1) of the slots; the mean in the others.

    Where radius * slots is no whole number, it is the one below or the one above, so that the share is right on
    average. A larger radius with the same noise takes the same slots and more.
    """
    slots = noise.shape[1]
    count = torch.floor(radius * slots + _uniform(noise[:, -1, -1]))
    shuffled = _uniform(noise[..., 0]).argsort(dim=1, stable=True)
    return torch.where((shuffled < count[:, None])[..., None], toward, latents.mean)


def _uniform(noise: Tensor) -> Tensor:
    """Numbers in [0, 1) from the fine digits of noise.

    Its coarse digits may be what `toward` was drawn by: chosen by these, the slots would not be draws from the prior.
    """
    return torch.frac(noise.abs() * 1024)
