"""Draws from a distribution by numbers in [0, 1)."""

from __future__ import annotations

import torch
from torch import Tensor


def invert(mass: Tensor, uniforms: Tensor) -> Tensor:
    """Where the cumulative mass (n, k) of each row passes its share `uniforms` (n,); never a place of no mass.

    Devroye 1986, section III.2.
    """
    whole = mass[:, -1]
    # Rounded, a share just below 1 may be all of it: then no place would have more.
    sought = torch.minimum(uniforms * whole, torch.nextafter(whole, torch.zeros_like(whole)))
    return torch.searchsorted(mass.contiguous(), sought[:, None], right=True)[:, 0]
