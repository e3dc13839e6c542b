"""Beam search: keeps the likeliest beginnings of a text side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import BOS, EOS
from vae.decode.stepwise import NEVER, until_end

if TYPE_CHECKING:
    from torch import Tensor

    from vae.decode.banned import BannedPieces
    from vae.models.text_model import StepwiseModel

LENGTH_PENALTY = 0.6
"""alpha of Wu et al. 2016, equation 14. At 0 texts compare by log p, which prefers short ones; at 1 nearly by its mean
over their pieces."""


def beam_search(
    model: StepwiseModel, z: Tensor, conditions: Tensor | None, *, beams: int, banned: BannedPieces | None
) -> list[list[int]]:
    """Returns the piece ids of the best text of each latent, without the end marker.

    The best text has the highest log p / ((5 + length) / 6)^LENGTH_PENALTY (Wu et al. 2016, equation 14), where the
    length counts the end marker. A text that has ended stays a beam while its log p is among the best.

    Args:
        model: the model whose latents they are.
        z: latents, (n, slots, dim); every `beams` rows are copies of one latent.
        conditions: label ids, (n, labels).
        beams: beginnings that are kept for each latent.
        banned: forbids pieces; None forbids none.
    """
    state = model.start(z, conditions)
    first_rows = torch.arange(0, len(z), beams, device=z.device)[:, None]
    previous = torch.full((len(z),), BOS, device=z.device)
    history = torch.full((len(z), model.max_len), EOS, device=z.device)
    finished = torch.zeros(len(z), dtype=torch.bool, device=z.device)
    log_p = torch.full((len(first_rows), beams), -torch.inf, device=z.device)
    log_p[:, 0] = 0.0  # at first all beams of a latent are equal, so only one of them is continued
    for place in range(model.max_len):
        scores, state = model.step(state, previous, place)
        scores = scores.float()
        scores[:, NEVER] = -torch.inf
        scores = torch.log_softmax(scores, -1)
        if banned:
            banned(scores, history[:, :place])
        scores = torch.where(finished[:, None], _only_end(scores), scores)
        best_of_row = scores.topk(min(beams, scores.shape[-1]))
        extended = log_p.flatten()[:, None] + best_of_row.values
        log_p, best = extended.view(len(first_rows), -1).topk(beams)
        rows = (first_rows + best // extended.shape[-1]).flatten()
        previous = best_of_row.indices.view(len(first_rows), -1).gather(1, best).flatten()
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
    """Returns log probabilities (1, vocab) that leave the end marker alone."""
    only_end = torch.full_like(scores[:1], -torch.inf)
    only_end[:, EOS] = 0.0
    return only_end
