"""Decodes each row piece after piece, from left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from vae.decode.banned import BannedPieces
    from vae.models.text_model import StepwiseModel

NEVER = [PAD, UNK, BOS]
"""Pieces that never stand in a text."""


def decode_stepwise(
    model: StepwiseModel,
    z: Tensor,
    conditions: Tensor | None,
    *,
    pick: Callable[[Tensor, int], Tensor],
    banned: BannedPieces | None,
) -> list[list[int]]:
    """Returns the piece ids of the text of each row of z (n, slots, dim), without the end marker.

    Args:
        model: the model whose latents they are.
        z: latents, (n, slots, dim).
        conditions: label ids, (n, labels).
        pick: chooses the piece of each row, (n,), by the scores (n, vocab) of a place and its number.
        banned: forbids pieces; None forbids none.
    """
    state = model.start(z, conditions)
    previous = torch.full((len(z),), BOS, device=z.device)
    history = torch.full((len(z), model.max_len), EOS, device=z.device)
    finished = torch.zeros(len(z), dtype=torch.bool, device=z.device)
    for place in range(model.max_len):
        scores, state = model.step(state, previous, place)
        scores = scores.float()
        scores[:, NEVER] = -torch.inf
        if banned:
            banned(scores, history[:, :place])
        previous = pick(scores, place).masked_fill(finished, EOS)
        history[:, place] = previous
        finished |= previous == EOS
        if finished.all():
            break
    return until_end(history)


def until_end(history: Tensor) -> list[list[int]]:
    """Returns the pieces of each row of (n, places) before its first end marker."""
    rows: list[list[int]] = history.tolist()
    return [row[: row.index(EOS)] if EOS in row else row for row in rows]
