"""Pieces drawn from the best few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.decode.temperature import draw

if TYPE_CHECKING:
    from torch import Tensor


def draw_top_k(scores: Tensor, uniforms: Tensor, *, temperature: float, top_k: int) -> Tensor:
    """One piece of each row, (n,), drawn from its `top_k` best alone (Fan et al. 2018)."""
    best = scores.topk(min(top_k, scores.shape[-1]))
    place = draw(best.values, uniforms, temperature=temperature)
    picked: Tensor = best.indices.gather(-1, place[:, None])[:, 0]
    return picked
