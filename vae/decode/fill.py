"""Whole texts by a masked decoder: all places at once, the surest first, the rest again with these in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import EOS
from vae.decode.stepwise import NEVER, until_end
from vae.models.masked import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from vae.decode.mask import Mask
    from vae.models.masked import MaskedVAE

PASSES = 3
"""Times that places are filled, the unsure ones anew each time (Ghazvininejad et al. 2019, section 3.2)."""

FILLED_ROWS = 16
"""Rows decoded together, always: the rounding of a matrix product depends on its shape."""

_BLOCK = 8
"""Places scored together, always."""

SETTLED = 1e4
"""Taken off the end marker's score once it is settled where a text ends: a mask may still leave nothing else."""


def fill(
    model: MaskedVAE,
    z: Tensor,
    conditions: Tensor | None,
    *,
    width: int,
    levels: Tensor | None,
    pick: Callable[[Tensor, int], Tensor],
    masks: Sequence[Mask],
) -> list[list[int]]:
    """Piece ids of each row of z (FILLED_ROWS, slots, dim), cut before the end marker.

    A text ends where the first pass has its first end marker, or after `width` pieces, unless a mask ends it earlier.
    In the last pass masks see each place after the pieces before it, and what they forbid gives way to the next best.

    Args:
        model: whose latents they are.
        z: what to decode.
        conditions: label ids, (n, labels).
        width: places there are, at most max_len, a multiple of a run.
        levels: how far each row was moved from its text, (n,); None for not at all.
        pick: takes the piece of each row, (n,), by the scores (n, vocab) of a place.
        masks: forbid pieces by those before them.
    """
    levels = torch.zeros(len(z), device=z.device) if levels is None else levels
    places = torch.arange(width, device=z.device)
    ids = torch.full((len(z), width), EOS, device=z.device)
    real = torch.ones_like(ids, dtype=torch.bool)
    hidden, sure = real, torch.zeros(ids.shape, device=z.device)
    for number in range(PASSES):
        features = model.features(z, Seen(ids, hidden, real, levels), conditions)
        last = number == PASSES - 1
        # Only a mask may forbid what is in sight; without one, places that no row hides stay as they are.
        looked_at = (real if last and masks else hidden).any(0)
        for start in range(0, width, _BLOCK):
            block = range(start, min(start + _BLOCK, width))
            if looked_at[block.start : block.stop].any():
                read = features[:, block.start : block.stop]
                scores = model.scores(read.flatten(0, 1)).float().view(*read.shape[:2], -1)
                scores[..., NEVER] = -torch.inf
                if number > 0:
                    scores[..., EOS] -= SETTLED
                for place in block:
                    of_place = scores[:, place - start]
                    _fill_place(of_place, ids, hidden, sure, place, pick=pick, masks=masks if last else ())
        if number == 0:
            ended = ids == EOS
            ends = torch.where(ended.any(1), ended.int().argmax(1), width)
            real = places <= ends[:, None]
            ids = torch.where(places < ends[:, None], ids, EOS)
        # Of what is left to be sure of, ever less: all but the end marker, whose place is settled.
        share = 1 - (number + 1) / PASSES
        order = sure.masked_fill(~real | (ids == EOS), torch.inf).argsort(1).argsort(1)
        hidden = (order < (share * real.sum(1, keepdim=True)).long()) & real & (ids != EOS)
    return until_end(ids)


def _fill_place(
    scores: Tensor,
    ids: Tensor,
    hidden: Tensor,
    sure: Tensor,
    place: int,
    *,
    pick: Callable[[Tensor, int], Tensor],
    masks: Sequence[Mask],
) -> None:
    """Writes the pieces of a place, by its scores (n, vocab), where it is hidden or what it holds is forbidden.

    Their log p goes into `sure`. What is in sight keeps the log p that it was written with: a decoder says nothing of
    what it sees.
    """
    for mask in masks:
        mask(scores, ids[:, :place])
    there = ids[:, place]
    forbidden = scores.gather(1, there[:, None])[:, 0] == -torch.inf
    written = hidden[:, place] | forbidden
    chosen = torch.where(written, pick(scores, place), there)
    log_p = scores.gather(1, chosen[:, None])[:, 0] - scores.logsumexp(-1)
    ids[:, place], sure[:, place] = chosen, torch.where(written, log_p, sure[:, place])
