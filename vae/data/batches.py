"""Batches of padded texts, streamed from Parquet shards by row group; the same order for the same seed."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import accumulate, islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from vae.data.text_batch import TextBatch
from vae.errors import UserError
from vae.latent.noise import generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from vae.data.dataset import Shard

SHUFFLE_ROWS = 65_536
"""Rows held in memory and shuffled together."""


class Rows(NamedTuple):
    """Texts of one bucket: `ids` (n, bucket), `lengths` (n,), `conditions` (n, labels), `places` (n,) in the split."""

    ids: NDArray[np.int64]
    lengths: NDArray[np.int64]
    conditions: NDArray[np.int64]
    places: NDArray[np.int64]

    def taken(self, order: NDArray[np.int64]) -> Rows:
        """These rows in this order."""
        return Rows(*(column[order] for column in self))


class Batches:
    """Iterates over a split's batches, about `batch_pieces` padded pieces each, one bucket to a batch.

    Row groups, then rows within a window of SHUFFLE_ROWS, then batches are shuffled by (seed, epoch). The state is
    (epoch, batches already given), so a run resumed in the middle of an epoch goes on with the next batch.
    """

    def __init__(
        self,
        shards: Sequence[Shard],
        *,
        batch_pieces: int,
        seed: int | None,
        labels: Sequence[str] = (),
        vocab_size: int | None = None,
    ) -> None:
        """Starts before the first batch.

        Args:
            shards: of one split.
            batch_pieces: padded pieces of a batch.
            seed: None leaves the order as stored, for validation.
            labels: columns that become conditions.
            vocab_size: larger ids are refused.
        """
        self.shards, self.batch_pieces, self.seed, self.labels = list(shards), batch_pieces, seed, list(labels)
        self.vocab_size = vocab_size
        self.epoch = self.given = 0
        self._starts = [0, *accumulate(shard.rows for shard in self.shards)]

    def __len__(self) -> int:
        rows: dict[int, int] = defaultdict(int)
        for shard in self.shards:
            rows[shard.bucket] += shard.rows
        return sum(-(-count // self._size(bucket)) for bucket, count in rows.items())

    def __iter__(self) -> Iterator[TextBatch]:
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

    def locate(self, place: int) -> str:
        """The shard and row of a text, from its place in the split."""
        shard = bisect_right(self._starts, place) - 1
        return f"row {place - self._starts[shard]:,} of {self.shards[shard].path}"

    def _size(self, bucket: int) -> int:
        return max(1, self.batch_pieces // bucket)

    def _epoch(self) -> Iterator[TextBatch]:
        rng = None if self.seed is None else generator((self.seed, self.epoch, "order"))
        groups = [(number, group) for number, shard in enumerate(self.shards) for group in range(_groups_of(shard))]
        if rng is not None:
            groups = [groups[place] for place in rng.permutation(len(groups))]
        window: dict[int, list[Rows]] = defaultdict(list)
        held = 0
        for number, group in groups:
            bucket = self.shards[number].bucket
            window[bucket].append(self._read(number, group))
            held += len(window[bucket][-1].lengths)
            if held >= SHUFFLE_ROWS:
                yield from self._drain(window, rng, last=False)
                held = sum(len(rows.lengths) for waiting in window.values() for rows in waiting)
        yield from self._drain(window, rng, last=True)

    def _drain(
        self, window: dict[int, list[Rows]], rng: np.random.Generator | None, *, last: bool
    ) -> Iterator[TextBatch]:
        cuts: list[tuple[int, NDArray[np.int64]]] = []
        held: dict[int, Rows] = {}
        for bucket in sorted(window):
            held[bucket] = Rows(*(np.concatenate(column) for column in zip(*window[bucket], strict=True)))
            count = len(held[bucket].lengths)
            order = np.arange(count) if rng is None else rng.permutation(count)
            size = self._size(bucket)
            full = count if last else count // size * size
            cuts.extend((bucket, order[start : start + size]) for start in range(0, full, size))
            window[bucket] = [held[bucket].taken(order[full:])]
        order = np.arange(len(cuts)) if rng is None else rng.permutation(len(cuts))
        for place in order:
            bucket, rows = cuts[place]
            yield self._batch(held[bucket].taken(rows))

    def _batch(self, rows: Rows) -> TextBatch:
        return TextBatch.of(
            torch.from_numpy(rows.ids),
            torch.from_numpy(rows.lengths),
            conditions=torch.from_numpy(rows.conditions) if self.labels else None,
            rows=torch.from_numpy(rows.places),
        )

    def _read(self, number: int, group: int) -> Rows:
        shard = self.shards[number]
        file = _open(shard)
        columns = ["input_ids", "length", *self.labels]
        absent = [name for name in columns if name not in file.schema_arrow.names]
        if absent:
            raise UserError(f"{shard.path} has no column {absent[0]!r}; run prepare again, into a new folder")
        try:
            table = file.read_row_group(group, columns=columns)
        except (pa.ArrowException, OSError) as error:
            raise UserError(f"{shard.path}: {error}; run prepare again") from error
        ids = table["input_ids"].combine_chunks().flatten().to_numpy().reshape(-1, shard.bucket).astype(np.int64)
        if self.vocab_size is not None and ids.size and ids.max() >= self.vocab_size:
            raise UserError(
                f"{shard.path} holds piece {ids.max()}, beyond the vocabulary of {self.vocab_size}; run prepare again"
            )
        start = self._starts[number] + sum(file.metadata.row_group(each).num_rows for each in range(group))
        lengths = table["length"].to_numpy().astype(np.int64)
        conditions = np.zeros((len(lengths), len(self.labels)), np.int64)
        for place, name in enumerate(self.labels):
            conditions[:, place] = table[name].to_numpy()
        return Rows(ids, lengths, conditions, np.arange(start, start + len(lengths)))


def _groups_of(shard: Shard) -> int:
    return int(_open(shard).num_row_groups)


def _open(shard: Shard) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(shard.path)
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{shard.path} is no whole Parquet file ({error}); run prepare again") from error
