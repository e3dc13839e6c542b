"""The training split as counting reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from vae.data.split import batches_of
from vae.data.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from vae.data.dataset import Shard

_TEXTS = 1_000_000
"""Segments read at most: what counts their words needs memory, and 30 million words miss little."""

STREAM_PIECES = 30_000_000
"""Pieces of a stream read at most."""

_BATCH_PIECES = 8192
_ROWS = 20_000


def training_rows(shards: Sequence[Shard]) -> Iterator[Tensor]:
    """Piece ids (n, width), padded, of up to _TEXTS segments, drawn over all buckets; always in the same order.

    Of a stream its first pieces, as they follow one another.
    """
    if shards and isinstance(shards[0], Stream):
        yield from _in_order(shards[0])
        return
    left = _TEXTS
    for batch in batches_of(shards, batch_pieces=_BATCH_PIECES, seed=0):
        yield batch.ids[:left]
        left -= len(batch.ids)
        if left <= 0:
            return


def _in_order(stream: Stream) -> Iterator[Tensor]:
    whole = min(len(stream.pieces) // stream.bucket, STREAM_PIECES // stream.bucket)
    rows = stream.pieces[: whole * stream.bucket].reshape(whole, stream.bucket)
    for start in range(0, whole, _ROWS):
        yield torch.from_numpy(rows[start : start + _ROWS].astype(np.int32))
