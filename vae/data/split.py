"""Reads a split, whether it is stored in shards or in a stream."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from vae.data.batches import Batches
from vae.data.stream_batches import StreamBatches
from vae.data.streams import Stream
from vae.latent.noise import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.data.dataset import Shard


def batches_of(
    shards: Sequence[Shard],
    *,
    batch_pieces: int,
    seed: int | None,
    labels: Sequence[str] = (),
    vocab_size: int | None = None,
) -> Batches | StreamBatches:
    """Returns the batches of a split: `Batches` of shards, or `StreamBatches` of a stream, which has no labels."""
    if shards and isinstance(shards[0], Stream):
        return StreamBatches(shards[0], batch_pieces=batch_pieces, seed=seed)
    return Batches(shards, batch_pieces=batch_pieces, seed=seed, labels=labels, vocab_size=vocab_size)


def texts_of(shards: Sequence[Shard], limit: int, *, seed: int) -> list[list[int]]:
    """Returns up to `limit` texts as piece ids, without end marker and padding, drawn from all buckets."""
    if shards and isinstance(shards[0], Stream):
        drawn = generator((seed, "texts")).permutation(shards[0].rows)[:limit]
        return [row for row in shards[0].segments(drawn) if row]
    # Batches of one row: larger ones are of one bucket each, so a few of them would be no sample of the split.
    batches = islice(Batches(shards, batch_pieces=1, seed=seed), limit)
    return [batch.ids[0, : int(batch.lengths) - 1].tolist() for batch in batches]
