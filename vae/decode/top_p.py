"""Pieces drawn from the nucleus of the distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from vae.decode.inversion import invert

if TYPE_CHECKING:
    from torch import Tensor

FIRST = 32
"""Pieces looked at first: nearly every nucleus lies within, and sorting a vocabulary takes longer than the decoder."""


def draw_top_p(scores: Tensor, uniforms: Tensor, *, temperature: float, top_p: float) -> Tensor:
    """One piece of each row, (n,), from the smallest set of best pieces whose mass reaches top_p.

    Holtzman et al. 2020, section 3.1; the mass is that of softmax(scores / temperature).
    """
    probabilities = torch.softmax(scores / temperature, -1)
    picked, reached = _draw(probabilities, uniforms, top_p, size=min(FIRST, scores.shape[-1]))
    left = (~reached).nonzero()[:, 0]
    if len(left):
        picked[left] = _draw(probabilities[left], uniforms[left], top_p, size=scores.shape[-1])[0]
    return picked


def _draw(probabilities: Tensor, uniforms: Tensor, top_p: float, *, size: int) -> tuple[Tensor, Tensor]:
    """The picks from nuclei of at most so many pieces, and whether each row's mass reached top_p there."""
    best = probabilities.topk(size)
    mass = best.values.cumsum(-1)
    kept = torch.where(mass - best.values < top_p, best.values, 0.0)
    place = invert(kept.cumsum(-1), uniforms)
    return best.indices.gather(-1, place[:, None])[:, 0], mass[:, -1] >= top_p
