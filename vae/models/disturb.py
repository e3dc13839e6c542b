"""What is done to z in training alone, so that a decoder reads neighbours of a text's latent as well as itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


def add_noise(z: Tensor, sigma: float) -> Tensor:
    """z with Gaussian noise of standard deviation `sigma` (Shen et al. 2020, section 3, put it on the input)."""
    return z + sigma * torch.randn_like(z) if sigma else z


def drop_slots(z: Tensor, share: float, missing: Tensor) -> Tensor:
    """z (n, slots, dim) with a share of its slots replaced by `missing` (dim): the decoder fills them from the rest."""
    if not share:
        return z
    dropped = torch.rand(z.shape[:2], device=z.device) < share
    return torch.where(dropped[..., None], missing, z)
