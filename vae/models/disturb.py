"""Disturbs the latents in training, so that a decoder learns to read the neighbours of a text's latent too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


def add_noise(z: Tensor, sigma: float) -> Tensor:
    """Returns z with Gaussian noise of standard deviation `sigma` added.

    Shen et al. 2020, section 3, disturb the input of the encoder; here the latent itself is disturbed.
    """
    return z + sigma * torch.randn_like(z) if sigma else z


def drop_slots(z: Tensor, share: float, missing: Tensor) -> Tensor:
    """Returns z (n, slots, dim) with each slot replaced by `missing` (dim) with probability `share`."""
    if not share:
        return z
    dropped = torch.rand(z.shape[:2], device=z.device) < share
    return torch.where(dropped[..., None], missing, z)
