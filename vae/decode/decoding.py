"""Latents to texts, piece by piece, in batches of one fixed shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.decode.picks import greedy, sample

if TYPE_CHECKING:
    from torch import Tensor

    from vae.models.text_model import TextModel

BATCH = 64
"""Rows decoded together, always: the rounding of a matrix product depends on its shape."""

Method = Literal["greedy", "temperature", "top-p"]


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """How the next piece is chosen; `temperature` and `top_p` (Holtzman et al. 2020) matter where they are named."""

    method: Method = "greedy"
    temperature: float = 1.0
    top_p: float = 0.9


@torch.inference_mode()
def decode(
    model: TextModel,
    z: Tensor,
    decoding: Decoding,
    uniforms: Tensor | None = None,
    conditions: Tensor | None = None,
) -> list[list[int]]:
    """Piece ids of each row of z (n, slots, dim), cut before the end marker.

    A row without an end marker after max_len pieces is cut there. `uniforms` (n, max_len) in [0, 1) are needed by
    the methods that draw; `conditions` (n, labels) are label ids.
    """
    rows: list[list[int]] = []
    for start in range(0, len(z), BATCH):
        chunk = slice(start, start + BATCH)
        drawn, told = (None if each is None else _pad(each[chunk]) for each in (uniforms, conditions))
        rows.extend(_decode_batch(model, _pad(z[chunk]), decoding, drawn, told)[: len(z[chunk])])
    return rows


def _decode_batch(
    model: TextModel, z: Tensor, decoding: Decoding, uniforms: Tensor | None, conditions: Tensor | None
) -> list[list[int]]:
    state = model.start(z.to(model.bias.dtype), conditions)
    previous = torch.full((BATCH,), BOS, device=z.device)
    finished = torch.zeros(BATCH, dtype=torch.bool, device=z.device)
    pieces: list[Tensor] = []
    for step in range(model.max_len):
        scores, state = model.step(state, previous, step)
        scores = scores.float()
        scores[:, [PAD, UNK, BOS]] = -torch.inf
        if decoding.method == "greedy" or uniforms is None:
            previous = greedy(scores)
        else:
            top_p = decoding.top_p if decoding.method == "top-p" else 1.0
            previous = sample(scores, uniforms[:, step], temperature=decoding.temperature, top_p=top_p)
        pieces.append(previous)
        finished |= previous == EOS
        if finished.all():
            break
    return [_until_end(row) for row in torch.stack(pieces, 1).tolist()]


def _until_end(row: list[int]) -> list[int]:
    return row[: row.index(EOS)] if EOS in row else row


def _pad(rows: Tensor) -> Tensor:
    if len(rows) == BATCH:
        return rows
    return torch.cat([rows, rows.new_zeros(BATCH - len(rows), *rows.shape[1:])])
