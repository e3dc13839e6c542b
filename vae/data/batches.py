"""Batches of padded texts, streamed from Parquet shards by row group, in an order that depends on the seed alone."""

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
"""Rows that are held in memory and shuffled together."""


class Rows(NamedTuple):
    """Texts of one bucket.

    Attributes:
        ids: padded piece ids, (n, bucket).
        lengths: pieces of each text, the end marker included, (n,).
        conditions: label ids, (n, labels).
        places: where each text stands in its split, (n,).
    """

    ids: NDArray[np.int64]
    lengths: NDArray[np.int64]
    conditions: NDArray[np.int64]
    places: NDArray[np.int64]

    def taken(self, order: NDArray[np.int64]) -> Rows:
        """Returns the rows with these numbers, in this order."""
        return Rows(*(column[order] for column in self))


class Batches:
    """Iterates over the batches of a split, each of one bucket and of about `batch_pieces` padded pieces.

    Row groups, then rows within a window of SHUFFLE_ROWS, then batches are shuffled by (seed, epoch). The state is
    (epoch, batches already given), so a run that is resumed in the middle of an epoch goes on with the next batch.
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
            shards: the shards of one split.
            batch_pieces: padded pieces of a batch.
            seed: of the order; with None it stays as stored, for validation.
            labels: columns that become conditions.
            vocab_size: a piece id that is not below it raises UserError; None allows any.
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
        """Returns the epoch and the number of its batches already given."""
        return {"epoch": self.epoch, "given": self.given}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Makes the next iteration go on from a state."""
        self.epoch, self.given = state["epoch"], state["given"]

    def locate(self, place: int) -> str:
        """Names the row and the shard of a text, given its place in the split."""
        number = bisect_right(self._starts, place) - 1
        return f"row {place - self._starts[number]:,} of {self.shards[number].path}"

    def _size(self, bucket: int) -> int:
        return max(1, self.batch_pieces // bucket)

    def _epoch(self) -> Iterator[TextBatch]:
        rng = None if self.seed is None else generator((self.seed, self.epoch, "order"))
        groups = [(number, group) for number, shard in enumerate(self.shards) for group in range(_groups_of(shard))]
        if rng is not None:
            groups = [groups[place] for place in rng.permutation(len(groups))]
        window: dict[int, list[Rows]] = defaultdict(list)
        count = 0
        for number, group in groups:
            bucket = self.shards[number].bucket
            window[bucket].append(self._read(number, group))
            count += len(window[bucket][-1].lengths)
            if count >= SHUFFLE_ROWS:
                yield from self._drain(window, rng, last=False)
                count = sum(len(rows.lengths) for parts in window.values() for rows in parts)
        yield from self._drain(window, rng, last=True)

    def _drain(
        self, window: dict[int, list[Rows]], rng: np.random.Generator | None, *, last: bool
    ) -> Iterator[TextBatch]:
        """Yields the batches of a window and leaves in it, unless it is the last one, the rows that fill no batch."""
        batches: list[tuple[int, NDArray[np.int64]]] = []
        rows_by_bucket: dict[int, Rows] = {}
        for bucket in sorted(window):
            rows = Rows(*(np.concatenate(column) for column in zip(*window[bucket], strict=True)))
            count = len(rows.lengths)
            order = np.arange(count) if rng is None else rng.permutation(count)
            size = self._size(bucket)
            batched = count if last else count // size * size
            batches.extend((bucket, order[start : start + size]) for start in range(0, batched, size))
            rows_by_bucket[bucket] = rows
            window[bucket] = [rows.taken(order[batched:])]
        order = np.arange(len(batches)) if rng is None else rng.permutation(len(batches))
        for number in order:
            bucket, numbers = batches[number]
            yield self._batch(rows_by_bucket[bucket].taken(numbers))

    def _batch(self, rows: Rows) -> TextBatch:
        return TextBatch.of(
            torch.from_numpy(rows.ids),
            torch.from_numpy(rows.lengths),
            conditions=torch.from_numpy(rows.conditions) if self.labels else None,
            rows=torch.from_numpy(rows.places),
        )

    def _read(self, number: int, group: int) -> Rows:
        """Reads one row group of the shard with this number."""
        shard = self.shards[number]
        file = _open(shard)
        columns = ["input_ids", "length", *self.labels]
        missing = [name for name in columns if name not in file.schema_arrow.names]
        if missing:
            raise UserError(f"{shard.path} has no column {missing[0]!r}; run prepare again, into a new folder")
        try:
            table = file.read_row_group(group, columns=columns)
        except (pa.ArrowException, OSError) as error:
            raise UserError(f"{shard.path}: {error}; run prepare again") from error
        ids = table["input_ids"].combine_chunks().flatten().to_numpy().reshape(-1, shard.bucket).astype(np.int64)
        if self.vocab_size is not None and ids.size and ids.max() >= self.vocab_size:
            raise UserError(
                f"{shard.path} holds piece {ids.max()}, beyond the vocabulary of {self.vocab_size}; run prepare again"
            )
        start = self._starts[number] + sum(file.metadata.row_group(before).num_rows for before in range(group))
        lengths = table["length"].to_numpy().astype(np.int64)
        conditions = np.zeros((len(lengths), len(self.labels)), np.int64)
        for column, name in enumerate(self.labels):
            conditions[:, column] = table[name].to_numpy()
        return Rows(ids, lengths, conditions, np.arange(start, start + len(lengths)))


def _groups_of(shard: Shard) -> int:
    return int(_open(shard).num_row_groups)


def _open(shard: Shard) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(shard.path)
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{shard.path} is no whole Parquet file ({error}); run prepare again") from error
