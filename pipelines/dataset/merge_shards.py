"""Merges the units' piece ids into shards. A shard holds one bucket of one split, padded, and is bounded in size."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.beam.to_list import ToList
from pipelines.write.atomic import read_json, write_json
from pipelines.write.manifest import WORK
from pipelines.write.parquet import parquet_part
from pipelines.write.receipts import fingerprint, is_done
from tokenizer.tokenizer import PAD
from vae.data.dataset import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

SHARD_GROUP: Final = 8192
"""Most rows in a row group: a megabyte of rows of 64 pieces."""

_GROUP_BYTES: Final = 1 << 20
"""Most bytes in a row group, since a whole one is held in memory, and no shard can be smaller than one."""


EncodedUnit = tuple[int, str, dict[str, Any]]
"""The number of an encoded unit, the path of its receipt, and the receipt."""


@dataclass(frozen=True, kw_only=True)
class PlannedShard:
    """One shard to write: a bucket of a split, from `groups`: (encoded file, row group) of the units."""

    split: str
    bucket: int
    wide: bool
    groups: tuple[tuple[str, int], ...]

    @property
    def name(self) -> str:
        """The shard's name, a fingerprint of everything that goes into it."""
        return fingerprint([self.split, self.bucket, self.wide, self.groups])


class MergeShards(beam.PTransform):
    """Turns EncodedUnits into (path of the receipt, its files) of each shard."""

    def __init__(self, *, output: str, shard_bytes: int) -> None:
        super().__init__()
        self.output, self.shard_bytes = output, shard_bytes

    def expand(self, units: Any) -> Any:
        """Plans all shards in one place, then writes them in parallel."""
        return (
            units
            | "Encoded" >> ToList()
            | "PlanShards" >> beam.FlatMap(plan_shards, shard_bytes=self.shard_bytes)
            | "SpreadShards" >> beam.Reshuffle()
            | "WriteShard" >> beam.Map(write_shard, output=self.output)
        )


def plan_shards(units: Iterable[EncodedUnit], *, shard_bytes: int) -> Iterator[PlannedShard]:
    """Plans shards of at most `shard_bytes` before compression. Units keep their order; no row group is split."""
    open_shards: dict[tuple[str, int, bool], list[tuple[str, int]]] = {}
    sizes: dict[tuple[str, int, bool], int] = {}
    for _, _, receipt in sorted(units, key=itemgetter(0)):
        for group, (split, bucket, rows) in enumerate(receipt["groups"]):
            key = (split, bucket, receipt["wide"])
            size = rows * _row_bytes(bucket, wide=receipt["wide"])
            if key in open_shards and sizes[key] + size > shard_bytes:
                yield PlannedShard(split=split, bucket=bucket, wide=receipt["wide"], groups=tuple(open_shards.pop(key)))
                sizes[key] = 0
            open_shards.setdefault(key, []).append((receipt["encoded"], group))
            sizes[key] = sizes.get(key, 0) + size
    for (split, bucket, wide), groups in open_shards.items():
        yield PlannedShard(split=split, bucket=bucket, wide=wide, groups=tuple(groups))


def write_shard(shard: PlannedShard, *, output: str) -> tuple[str, list[dict[str, Any]]]:
    """Writes one shard and its receipt; returns the receipt's path and files. A repeated call writes the same files."""
    receipt = f"{output}/{WORK}/shards/{shard.name}.json"
    if not is_done(receipt, output=output):
        files: list[dict[str, Any]] = []
        path = f"shards/split={shard.split}/bucket={shard.bucket}/part-{shard.name}.parquet"
        schema = shard_schema(shard.bucket, wide=shard.wide)
        with parquet_part(output, path, schema, group_rows=SHARD_GROUP, files=files) as writer:
            for rows in _row_groups(shard, output):
                writer.write_table(_padded(rows, schema, shard.bucket))
        write_json(receipt, {"files": files})
    return receipt, read_json(receipt)["files"]


def shard_schema(bucket: int, *, wide: bool) -> pa.Schema:
    """Returns the columns of a shard. Piece ids are uint16; int32 if `wide`, for more than 65,536 pieces."""
    return pa.schema(
        [
            pa.field("post_id", pa.string()),
            pa.field("segment", pa.int32()),
            pa.field("input_ids", pa.list_(pa.int32() if wide else pa.uint16(), bucket)),
            pa.field("length", pa.uint16()),
            *(pa.field(label, pa.uint16()) for label in LABELS),
        ]
    )


def rows_in_group(bucket: int, *, wide: bool) -> int:
    """Returns the most rows of width `bucket` that a row group may hold."""
    return max(1, min(SHARD_GROUP, _GROUP_BYTES // _row_bytes(bucket, wide=wide)))


def _row_bytes(bucket: int, *, wide: bool) -> int:
    return bucket * (4 if wide else 2)


def _row_groups(shard: PlannedShard, output: str) -> Iterator[pa.Table]:
    """Yields the rows of the units in their order, a row group of the shard at a time."""
    waiting: list[pa.Table] = []
    size = rows_in_group(shard.bucket, wide=shard.wide)
    for path, group in shard.groups:
        with FileSystems.open(f"{output}/{path}") as file:
            waiting.append(pq.ParquetFile(file).read_row_group(group, use_threads=False))
        while sum(map(len, waiting)) >= size:
            rows = pa.concat_tables(waiting)
            yield rows.slice(0, size)
            waiting = [rows.slice(size)]
    if rest := [table for table in waiting if len(table)]:
        yield pa.concat_tables(rest)


def _padded(rows: pa.Table, schema: pa.Schema, bucket: int) -> pa.Table:
    ids = padded(rows.column("input_ids").combine_chunks(), bucket)
    fixed = pa.FixedSizeListArray.from_arrays(pa.array(ids.reshape(-1)), bucket)
    return pa.table([fixed if name == "input_ids" else rows.column(name) for name in schema.names], schema=schema)


def padded(rows: pa.ListArray, width: int) -> NDArray[Any]:
    """Returns lists of at most `width` ids as a matrix (rows, width), each row filled up with PAD."""
    lengths = rows.value_lengths().to_numpy()
    ids = rows.flatten().to_numpy()
    matrix = np.full((len(lengths), width), PAD, ids.dtype)
    matrix[np.arange(width) < lengths[:, None]] = ids
    return matrix
