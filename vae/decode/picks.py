"""Choosing the next piece from scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


def greedy(scores: Tensor) -> Tensor:
    """The best piece of each row, (n,) of scores (n, vocab)."""
    return scores.argmax(-1)


def sample(scores: Tensor, uniforms: Tensor, *, temperature: float, top_p: float) -> Tensor:
    """One piece of each row, drawn by inverting the cumulative distribution at `uniforms` (n,) in [0, 1).

    With top_p below 1 only the smallest set of best pieces whose mass reaches it takes part (Holtzman et al. 2020,
    section 3.1); ties go to the lower id.
    """
    probabilities = torch.softmax(scores.float() / temperature, -1)
    probabilities, ids = torch.sort(probabilities, dim=-1, descending=True, stable=True)
    mass = probabilities.cumsum(-1)
    kept = torch.where(mass - probabilities < top_p, mass, 0.0).amax(-1)
    place = (mass <= (uniforms * kept)[:, None]).sum(-1, keepdim=True)
    picked: Tensor = ids.gather(-1, place.clamp(max=ids.shape[-1] - 1))[:, 0]
    return picked
