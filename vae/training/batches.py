"""Batches of padded texts, streamed from Parquet shards by row group; the same order for the same seed."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow.parquet as pq
import torch
from torch import Tensor

from vae.latent.noise import generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from vae.dataset import Shard

SHUFFLE_ROWS = 65_536
"""Rows held in memory and shuffled together."""


class Batch(NamedTuple):
    """`ids` (n, bucket) padded with 0, `lengths` (n,) with the end marker counted."""

    ids: Tensor
    lengths: Tensor


class Batches:
    """Iterates over a split's batches, about `batch_pieces` padded pieces each, one bucket to a batch.

    Row groups, then rows within a window of SHUFFLE_ROWS, then batches are shuffled by (seed, epoch). The state is
    (epoch, batches already given), so a run resumed in the middle of an epoch goes on with the next batch.
    """

    def __init__(self, shards: Sequence[Shard], *, batch_pieces: int, seed: int | None) -> None:
        """Args: seed: None leaves the order as stored, for validation."""
        self.shards, self.batch_pieces, self.seed = list(shards), batch_pieces, seed
        self.epoch = self.given = 0

    def __len__(self) -> int:
        rows: dict[int, int] = defaultdict(int)
        for shard in self.shards:
            rows[shard.bucket] += shard.rows
        return sum(-(-count // self._size(bucket)) for bucket, count in rows.items())

    def __iter__(self) -> Iterator[Batch]:
        if self.given >= len(self):
            self.epoch, self.given = self.epoch + 1, 0
        for batch in islice(self._epoch(), self.given, None):
            self.given += 1
            yield batch

    def state_dict(self) -> dict[str, int]:
        """Where the iteration stands."""
        return {"epoch": self.epoch, "given": self.given}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Goes on from there at the next iteration."""
        self.epoch, self.given = state["epoch"], state["given"]

    def _size(self, bucket: int) -> int:
        return max(1, self.batch_pieces // bucket)

    def _epoch(self) -> Iterator[Batch]:
        rng = None if self.seed is None else generator((self.seed, self.epoch, "order"))
        groups = [(shard, group) for shard in self.shards for group in range(pq.ParquetFile(shard.path).num_row_groups)]
        if rng is not None:
            groups = [groups[place] for place in rng.permutation(len(groups))]
        window: dict[int, list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = defaultdict(list)
        held = 0
        for shard, group in groups:
            window[shard.bucket].append(_read(shard, group))
            held += len(window[shard.bucket][-1][1])
            if held >= SHUFFLE_ROWS:
                yield from self._drain(window, rng, last=False)
                held = sum(len(lengths) for rows in window.values() for _, lengths in rows)
        yield from self._drain(window, rng, last=True)

    def _drain(
        self,
        window: dict[int, list[tuple[NDArray[np.int64], NDArray[np.int64]]]],
        rng: np.random.Generator | None,
        *,
        last: bool,
    ) -> Iterator[Batch]:
        batches: list[Batch] = []
        for bucket in sorted(window):
            ids = np.concatenate([rows for rows, _ in window[bucket]])
            lengths = np.concatenate([lengths for _, lengths in window[bucket]])
            order = np.arange(len(ids)) if rng is None else rng.permutation(len(ids))
            size = self._size(bucket)
            full = len(ids) if last else len(ids) // size * size
            batches.extend(
                Batch(torch.from_numpy(ids[rows]), torch.from_numpy(lengths[rows]))
                for rows in (order[start : start + size] for start in range(0, full, size))
            )
            window[bucket] = [(ids[order[full:]], lengths[order[full:]])]
        order = np.arange(len(batches)) if rng is None else rng.permutation(len(batches))
        yield from (batches[place] for place in order)


def _read(shard: Shard, group: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    table = pq.ParquetFile(shard.path).read_row_group(group, columns=["input_ids", "length"])
    ids = table["input_ids"].combine_chunks().flatten().to_numpy().reshape(-1, shard.bucket)
    return ids.astype(np.int64), table["length"].to_numpy().astype(np.int64)
