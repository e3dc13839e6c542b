"""Chooses a piece for each row: the best one, or one drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from torch import Tensor


def invert(mass: Tensor, uniforms: Tensor) -> Tensor:
    """Draws one place of each row by inversion (Devroye 1986, section III.2), (n,).

    It is the first place whose cumulative mass exceeds the share `uniforms` of the row's total, so a place without mass
    is never drawn.

    Args:
        mass: cumulative mass of each row, (n, k); it need not end at 1.
        uniforms: a number in [0, 1) for each row, (n,).
    """
    total = mass[:, -1]
    # A share just below 1 may be rounded to the total, which no place exceeds.
    target = torch.minimum(uniforms * total, torch.nextafter(total, torch.zeros_like(total)))
    return torch.searchsorted(mass.contiguous(), target[:, None], right=True)[:, 0]


def greedy(scores: Tensor) -> Tensor:
    """Returns the best piece of each row, (n,), by its scores (n, vocab); of equal ones the first."""
    if scores.device.type == "cpu":
        # NumPy takes a tenth of the time of torch's argmax, which is an eighth of a small model's whole step.
        return torch.from_numpy(scores.numpy().argmax(-1))
    return scores.argmax(-1)


def draw(scores: Tensor, uniforms: Tensor, *, temperature: float) -> Tensor:
    """Draws one piece for each row, (n,), from softmax(scores / temperature).

    Args:
        scores: (n, vocab).
        uniforms: a number in [0, 1) for each row, (n,); the draw depends on nothing else.
        temperature: above 0; below 1 it sharpens the distribution.
    """
    return invert(torch.softmax(scores / temperature, -1).cumsum(-1), uniforms)


def draw_top_k(scores: Tensor, uniforms: Tensor, *, temperature: float, top_k: int) -> Tensor:
    """Draws one piece for each row, (n,), from its `top_k` best pieces alone (Fan et al. 2018)."""
    best = scores.topk(min(top_k, scores.shape[-1]))
    place = draw(best.values, uniforms, temperature=temperature)
    picked: Tensor = best.indices.gather(-1, place[:, None])[:, 0]
    return picked


FIRST = 32
"""Best pieces that `draw_top_p` looks at first. Nearly every nucleus lies within them, and sorting the whole vocabulary
takes longer than the decoder."""


def draw_top_p(scores: Tensor, uniforms: Tensor, *, temperature: float, top_p: float) -> Tensor:
    """Draws one piece for each row, (n,), from its nucleus (Holtzman et al. 2020, section 3.1).

    The nucleus is the smallest set of best pieces whose mass in softmax(scores / temperature) reaches `top_p`.
    """
    probabilities = torch.softmax(scores / temperature, -1)
    picked, is_whole = _draw_from_nucleus(probabilities, uniforms, top_p, size=min(FIRST, scores.shape[-1]))
    wide = (~is_whole).nonzero()[:, 0]
    if len(wide):
        picked[wide] = _draw_from_nucleus(probabilities[wide], uniforms[wide], top_p, size=scores.shape[-1])[0]
    return picked


def _draw_from_nucleus(probabilities: Tensor, uniforms: Tensor, top_p: float, *, size: int) -> tuple[Tensor, Tensor]:
    """Draws one piece for each row, (n,), from the part of its nucleus among the `size` best pieces.

    The second tensor (n,) tells whether that part is the whole nucleus.
    """
    best = probabilities.topk(size)
    mass = best.values.cumsum(-1)
    kept = torch.where(mass - best.values < top_p, best.values, 0.0)
    place = invert(kept.cumsum(-1), uniforms)
    return best.indices.gather(-1, place[:, None])[:, 0], mass[:, -1] >= top_p
