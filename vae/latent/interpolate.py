"""Paths between two points of the latent space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


def slerp(first: Tensor, second: Tensor, share: float) -> Tensor:
    """The point a share (0 to 1) along the arc between two latents (slots, dim); Shoemake 1985, section 3.3.

    Gaussian latents lie near a sphere; a straight line would leave it. Parallel vectors are interpolated straight.
    """
    cosine = torch.nn.functional.cosine_similarity(first.flatten(), second.flatten(), dim=0).clamp(-1.0, 1.0)
    angle = torch.arccos(cosine)
    if torch.sin(angle) < 1e-4:
        return torch.lerp(first, second, share)
    return (torch.sin((1 - share) * angle) * first + torch.sin(share * angle) * second) / torch.sin(angle)
