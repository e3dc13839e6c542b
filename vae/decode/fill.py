"""Decodes whole texts with a masked decoder: it fills all places at once, keeps the surest and fills the rest again.

This is mask-predict of Ghazvininejad et al. 2019, section 3.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import EOS
from vae.decode.stepwise import NEVER, until_end
from vae.models.masked import Seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from vae.decode.banned import BannedPieces
    from vae.models.masked import MaskedVAE

PASSES = 3
"""How often the decoder fills places: all of them first, then fewer of the unsure ones each time."""

FILLED_ROWS = 16
"""Rows in each batch. The number is fixed, since the rounding of a matrix product depends on its shape."""

_BLOCK = 8
"""Places that are scored together. The number is fixed for the same reason."""

_END_PENALTY = 1e4
"""Subtracted from the end marker's score after the first pass, which decides where a text ends. The score stays finite,
since banned words might leave no other piece."""


def fill(
    model: MaskedVAE,
    z: Tensor,
    conditions: Tensor | None,
    *,
    width: int,
    levels: Tensor | None,
    pick: Callable[[Tensor, int], Tensor],
    banned: BannedPieces | None,
) -> list[list[int]]:
    """Returns the piece ids of the text of each row of z, without the end marker.

    A text ends where the first pass wrote its first end marker, or after `width` pieces. The last pass goes from left
    to right over all places and lets `pick` replace the pieces that are banned there.

    Args:
        model: the model whose latents they are.
        z: latents, (FILLED_ROWS, slots, dim).
        conditions: label ids, (n, labels).
        width: number of places, at most max_len and a multiple of a run.
        levels: how far each latent was moved from its text, (n,); None for not at all.
        pick: chooses the piece of each row, (n,), by the scores (n, vocab) of a place and its number.
        banned: forbids pieces; None forbids none.
    """
    levels = torch.zeros(len(z), device=z.device) if levels is None else levels
    places = torch.arange(width, device=z.device)
    ids = torch.full((len(z), width), EOS, device=z.device)
    real = torch.ones_like(ids, dtype=torch.bool)
    hidden, log_p = real, torch.zeros(ids.shape, device=z.device)
    for number in range(PASSES):
        features = model.features(z, Seen(ids, hidden, real, levels), conditions)
        last = number == PASSES - 1
        # Where nothing is banned, a place that no row hides keeps its pieces and needs no scores.
        needs_scores = (real if last and banned else hidden).any(0)
        for start in range(0, width, _BLOCK):
            block = range(start, min(start + _BLOCK, width))
            if needs_scores[block.start : block.stop].any():
                in_block = features[:, block.start : block.stop]
                scores = model.scores(in_block.flatten(0, 1)).float().view(*in_block.shape[:2], -1)
                scores[..., NEVER] = -torch.inf
                if number > 0:
                    scores[..., EOS] -= _END_PENALTY
                for place in block:
                    place_scores = scores[:, place - start]
                    _fill_place(place_scores, ids, hidden, log_p, place, pick=pick, banned=banned if last else None)
        if number == 0:
            is_end = ids == EOS
            ends = torch.where(is_end.any(1), is_end.int().argmax(1), width)
            real = places <= ends[:, None]
            ids = torch.where(places < ends[:, None], ids, EOS)
        # The least sure places of each text are hidden from the next pass, fewer each time; its end marker stays.
        share = 1 - (number + 1) / PASSES
        order = log_p.masked_fill(~real | (ids == EOS), torch.inf).argsort(1).argsort(1)
        hidden = (order < (share * real.sum(1, keepdim=True)).long()) & real & (ids != EOS)
    return until_end(ids)


def _fill_place(
    scores: Tensor,
    ids: Tensor,
    hidden: Tensor,
    log_p: Tensor,
    place: int,
    *,
    pick: Callable[[Tensor, int], Tensor],
    banned: BannedPieces | None,
) -> None:
    """Writes pieces into `ids` at a place, by its scores (n, vocab), in the rows where it is hidden or banned.

    Their log p goes into `log_p`. A piece that stays keeps the log p it was written with: the decoder sees that piece,
    so its scores there tell nothing.
    """
    if banned:
        banned(scores, ids[:, :place])
    current = ids[:, place]
    is_banned = scores.gather(1, current[:, None])[:, 0] == -torch.inf
    is_written = hidden[:, place] | is_banned
    chosen = torch.where(is_written, pick(scores, place), current)
    chosen_log_p = scores.gather(1, chosen[:, None])[:, 0] - scores.logsumexp(-1)
    ids[:, place], log_p[:, place] = chosen, torch.where(is_written, chosen_log_p, log_p[:, place])
