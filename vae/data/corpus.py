"""Reads the training split for what counts its words."""

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
"""Segments that are read at most. Counting takes memory, and more than these 30 million words change little."""

_STREAM_PIECES = 30_000_000
"""Pieces of a stream that are read at most."""

_BATCH_PIECES = 8192
_STREAM_ROWS = 20_000


def training_rows(shards: Sequence[Shard]) -> Iterator[Tensor]:
    """Yields padded piece ids (n, width) of up to _TEXTS segments, drawn from all buckets, always in the same order.

    From a stream it yields rows of the first pieces, in the order of the stream.
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
    count = min(len(stream.pieces) // stream.bucket, _STREAM_PIECES // stream.bucket)
    rows = stream.pieces[: count * stream.bucket].reshape(count, stream.bucket)
    for start in range(0, count, _STREAM_ROWS):
        yield torch.from_numpy(rows[start : start + _STREAM_ROWS].astype(np.int32))
