"""One text a row, piece after piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from vae.decode.mask import Mask
    from vae.models.text_model import StepwiseModel

NEVER = [PAD, UNK, BOS]
"""Pieces that no text has."""


def decode_stepwise(
    model: StepwiseModel,
    z: Tensor,
    conditions: Tensor | None,
    *,
    pick: Callable[[Tensor, int], Tensor],
    masks: Sequence[Mask],
) -> list[list[int]]:
    """Piece ids of each row of z (n, slots, dim), cut before the end marker.

    `pick` takes the next piece of each row, (n,), by the scores (n, vocab) of a place.
    """
    state = model.start(z, conditions)
    previous = torch.full((len(z),), BOS, device=z.device)
    history = torch.full((len(z), model.max_len), EOS, device=z.device)
    finished = torch.zeros(len(z), dtype=torch.bool, device=z.device)
    for place in range(model.max_len):
        scores, state = model.step(state, previous, place)
        scores = scores.float()
        scores[:, NEVER] = -torch.inf
        for mask in masks:
            mask(scores, history[:, :place])
        previous = pick(scores, place).masked_fill(finished, EOS)
        history[:, place] = previous
        finished |= previous == EOS
        if finished.all():
            break
    return until_end(history)


def until_end(history: Tensor) -> list[list[int]]:
    """The rows of pieces (n, places), each cut before its end marker."""
    rows: list[list[int]] = history.tolist()
    return [row[: row.index(EOS)] if EOS in row else row for row in rows]
