"""The training split as counting reads it: what a model knows of its corpus beside its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.training.batches import Batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from tokenizer.tokenizer import Tokenizer
    from vae.dataset import Shard

TEXTS = 1_000_000
"""Segments read at most: what counts their words needs memory, and 30 million words miss little."""

_BATCH_PIECES = 8192


def training_rows(shards: Sequence[Shard]) -> Iterator[Tensor]:
    """Piece ids (n, width), padded, of up to TEXTS segments, drawn over all buckets; always in the same order."""
    left = TEXTS
    for batch in Batches(shards, batch_pieces=_BATCH_PIECES, seed=0):
        yield batch.ids[:left]
        left -= len(batch.ids)
        if left <= 0:
            return


def training_texts(shards: Sequence[Shard], tokenizer: Tokenizer) -> Iterator[str]:
    """The masked texts of the same segments."""
    for ids in training_rows(shards):
        yield from tokenizer.decode(ids.tolist())
