"""The likeliest of several beginnings, kept side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import BOS, EOS
from vae.decode.stepwise import NEVER, until_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.decode.mask import Mask
    from vae.models.text_model import StepwiseModel

LENGTH_PENALTY = 0.6
"""alpha of Wu et al. 2016, equation 14: 0 is log p itself, which prefers short texts; 1 nearly its mean over pieces."""


def beam_search(
    model: StepwiseModel, z: Tensor, conditions: Tensor | None, *, beams: int, masks: Sequence[Mask]
) -> list[list[int]]:
    """Piece ids of the best text of every `beams` rows of z (n, slots, dim), which are the same, cut before the end.

    Best is log p / ((5 + length) / 6)^LENGTH_PENALTY (Wu et al. 2016, equation 14), the end marker counted. A text that
    has ended keeps its place among the beams while its log p is among the best.
    """
    state = model.start(z, conditions)
    first_rows = torch.arange(0, len(z), beams, device=z.device)[:, None]
    previous = torch.full((len(z),), BOS, device=z.device)
    history = torch.full((len(z), model.max_len), EOS, device=z.device)
    finished = torch.zeros(len(z), dtype=torch.bool, device=z.device)
    log_p = torch.full((len(first_rows), beams), -torch.inf, device=z.device)
    log_p[:, 0] = 0.0  # the beginnings are the same still
    for place in range(model.max_len):
        scores, state = model.step(state, previous, place)
        scores = scores.float()
        scores[:, NEVER] = -torch.inf
        scores = torch.log_softmax(scores, -1)
        for mask in masks:
            mask(scores, history[:, :place])
        scores = torch.where(finished[:, None], _only_end(scores), scores)
        each = scores.topk(min(beams, scores.shape[-1]))
        longer = log_p.flatten()[:, None] + each.values
        log_p, best = longer.view(len(first_rows), -1).topk(beams)
        rows = (first_rows + best // longer.shape[-1]).flatten()
        previous = each.indices.view(len(first_rows), -1).gather(1, best).flatten()
        history = history[rows]
        history[:, place] = previous
        finished = finished[rows] | (previous == EOS)
        if finished.all():
            break
        state = model.reorder(state, rows)
    texts = until_end(history)
    lengths = (history != EOS).sum(-1).view(-1, beams) + finished.view(-1, beams)
    winners = first_rows[:, 0] + (log_p / ((5 + lengths) / 6) ** LENGTH_PENALTY).argmax(-1)
    return [texts[row] for row in winners.tolist()]


def _only_end(scores: Tensor) -> Tensor:
    """Of each vocabulary, the end marker for sure."""
    sure = torch.full_like(scores[:1], -torch.inf)
    sure[:, EOS] = 0.0
    return sure
