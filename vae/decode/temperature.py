"""Pieces drawn from the whole distribution, flattened or sharpened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from vae.decode.inversion import invert

if TYPE_CHECKING:
    from torch import Tensor


def draw(scores: Tensor, uniforms: Tensor, *, temperature: float) -> Tensor:
    """One piece of each row, (n,), from softmax(scores / temperature) at `uniforms` (n,) in [0, 1)."""
    return invert(torch.softmax(scores / temperature, -1).cumsum(-1), uniforms)
