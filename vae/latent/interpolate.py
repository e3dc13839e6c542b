"""Paths between two points of the latent space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from vae.latent.gaussian import Latents


def interpolate(latents: Latents, _noise: Tensor, radius: Tensor, toward: Tensor) -> Tensor:
    """The point a share `radius` (0 to 1) along the arc from each mean to its partner's mean `toward`."""
    return slerp(latents.mean, toward, radius)


def slerp(first: Tensor, second: Tensor, share: Tensor | float) -> Tensor:
    """The point a share (0 to 1) along the arc between two latents; Shoemake 1985, section 3.3.

    Gaussian latents lie near a sphere; a straight line would leave it. Parallel vectors are interpolated straight.

    Args:
        first: (..., slots, dim); all its slots turn by one angle.
        second: of the same shape.
        share: (...), or one for all.
    """
    cosine = torch.nn.functional.cosine_similarity(first.flatten(-2), second.flatten(-2), dim=-1).clamp(-1.0, 1.0)
    angle = torch.arccos(cosine)
    sine = torch.sin(angle)
    share = torch.as_tensor(share, dtype=angle.dtype, device=angle.device)
    from_first, from_second = (
        torch.where(sine < 1e-4, part, torch.sin(part * angle) / sine)[..., None, None] for part in (1 - share, share)
    )
    return from_first * first + from_second * second
