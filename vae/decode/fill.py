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

ROWS = 16
"""Texts that the decoder reads at a time."""


def fill(
    model: MaskedVAE,
    z: Tensor,
    conditions: Tensor | None,
    *,
    levels: Tensor | None,
    pick: Callable[[Tensor, int], Tensor],
    masks: Sequence[Mask],
) -> list[list[int]]:
    """Piece ids of each row of z (n, slots, dim), cut before the end marker.

    A text ends where the first pass has its first end marker, or after max_len pieces. In the last pass masks see each
    place after the pieces before it, and what they forbid gives way to the next best.

    Args:
        model: whose latents they are.
        z: what to decode.
        conditions: label ids, (n, labels).
        levels: how far each row was moved from its text, (n,); None for not at all.
        pick: takes the piece of each row, (n,), by the scores (n, vocab) of a place.
        masks: forbid pieces by those before them.
    """
    levels = torch.zeros(len(z), device=z.device) if levels is None else levels
    places = torch.arange(model.max_len, device=z.device)
    ids = torch.full((len(z), model.max_len), EOS, device=z.device)
    real = torch.ones_like(ids, dtype=torch.bool)
    hidden, sure = real, torch.zeros(ids.shape, device=z.device)
    for number in range(PASSES):
        features = _features(model, z, Seen(ids, hidden, real, levels), conditions)
        last = number == PASSES - 1
        for place in range(int(real.sum(1).max())):
            _fill_place(model, features, ids, hidden, sure, place, pick=pick, masks=masks if last else ())
        if number == 0:
            ended = ids == EOS
            ends = torch.where(ended.any(1), ended.int().argmax(1), model.max_len)
            real = places <= ends[:, None]
            ids = torch.where(places < ends[:, None], ids, EOS)
        # Of what is left to be sure of, ever less: all but the end marker, whose place is settled.
        share = 1 - (number + 1) / PASSES
        order = sure.masked_fill(~real | (ids == EOS), torch.inf).argsort(1).argsort(1)
        hidden = (order < (share * real.sum(1, keepdim=True)).long()) & real & (ids != EOS)
    return until_end(ids)


def _features(model: MaskedVAE, z: Tensor, seen: Seen, conditions: Tensor | None) -> Tensor:
    parts = []
    for start in range(0, len(z), ROWS):
        rows = slice(start, start + ROWS)
        labels = None if conditions is None else conditions[rows]
        parts.append(model.features(z[rows], Seen(*(each[rows] for each in seen)), labels))
    return torch.cat(parts)


def _fill_place(
    model: MaskedVAE,
    features: Tensor,
    ids: Tensor,
    hidden: Tensor,
    sure: Tensor,
    place: int,
    *,
    pick: Callable[[Tensor, int], Tensor],
    masks: Sequence[Mask],
) -> None:
    """Writes the pieces of a place into `ids` and their log p into `sure`, where the place is hidden or forbidden."""
    scores = model.scores(features[:, place]).float()
    scores[:, NEVER] = -torch.inf
    for mask in masks:
        mask(scores, ids[:, :place])
    there = ids[:, place]
    forbidden = scores.gather(1, there[:, None])[:, 0] == -torch.inf
    log_p = scores.log_softmax(-1)
    chosen = torch.where(hidden[:, place] | forbidden, pick(scores, place), there)
    ids[:, place] = chosen
    sure[:, place] = log_p.gather(1, chosen[:, None])[:, 0]
