"""Writes and reads staged posts: cleaned posts in Parquet files below `.work/clean`, between the steps of prepare."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.dedup.keys import UnitKeys
from pipelines.posts.post import Block
from pipelines.posts.schemas import BLOCK_TYPE, POSTS_SCHEMA
from pipelines.write.manifest import WORK
from pipelines.write.parquet import parquet_part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    import numpy as np
    from numpy.typing import NDArray

    from pipelines.posts.post import RawPost
    from pipelines.write.parquet import PartWriter

STAGED_GROUP: Final = 256
"""Posts in a row group, and so in memory at once."""


@dataclass(frozen=True, kw_only=True)
class CleanPost:
    """A post that was read and cleaned; `content_sha256` is the hash of `text`."""

    raw: RawPost
    blocks: list[Block]
    text: str
    content_sha256: str
    language: str


def staged_schema(bands: int) -> pa.Schema:
    """Returns the columns of a staged posts file: those of posts/ without `split` and `text`, `position` and `bands`.

    The blocks contain the text, and the split is decided later. `bands` has the given number of MinHash bands.
    """
    shared = [field for field in POSTS_SCHEMA if field.name not in {"text", "split"}]
    return pa.schema([*shared, pa.field("position", pa.int64()), pa.field("bands", pa.list_(pa.uint64(), bands))])


def staged_path(output: str, name: str, what: str) -> str:
    """Returns the path of a staged unit's file; `what` is `posts` or `rejects`."""
    return f"{output}/{WORK}/clean/{name}-{what}.parquet"


def staged_files(output: str, name: str) -> list[str]:
    """Returns the paths of all files of a staged unit."""
    return [receipt_path(output, name), *(staged_path(output, name, what) for what in ("posts", "rejects"))]


def receipt_path(output: str, name: str) -> str:
    """Returns the path of a staged unit's receipt, which exists once the unit is complete."""
    return f"{output}/{WORK}/clean/{name}.json"


def staged_part(
    output: str, name: str, what: str, schema: pa.Schema, *, files: list[dict[str, Any]]
) -> AbstractContextManager[PartWriter]:
    """Opens the posts or rejects of a staged unit for writing, compressed so that `.work` stays below the output."""
    path = staged_path(output, name, what).removeprefix(f"{output}/")
    options = {"use_dictionary": False, "write_statistics": False}
    return parquet_part(output, path, schema, group_rows=STAGED_GROUP, files=files, **options)


def content_sha256(text: str) -> str:
    """Returns the hash by which exact duplicates are recognized."""
    return hashlib.sha256(text.encode()).hexdigest()


def table_of(posts: list[CleanPost], bands: NDArray[np.uint64]) -> pa.Table:
    """Returns the staged rows of posts; bands: uint64 (posts, bands)."""
    raw = [post.raw for post in posts]
    columns = {
        "post_id": pa.array([post.post_id for post in raw], pa.string()),
        "source": pa.array([post.source for post in raw], pa.string()),
        "title": pa.array([post.title for post in raw], pa.string()),
        "author": pa.array([post.author for post in raw], pa.string()),
        "date": pa.array([post.date for post in raw], pa.string()),
        "category": pa.array([post.category for post in raw], pa.list_(pa.string())),
        "tags": pa.array([post.tags for post in raw], pa.list_(pa.string())),
        "language": pa.array([post.language for post in posts], pa.string()),
        "front_matter_error": pa.array([post.front_matter_error for post in raw], pa.string()),
        "content_sha256": pa.array([post.content_sha256 for post in posts], pa.string()),
        "blocks": blocks_array([post.blocks for post in posts]),
        "content_kind": pa.array([post.content_kind for post in raw], pa.string()),
        "charset": pa.array([post.charset for post in raw], pa.string()),
        "position": pa.array([post.position for post in raw], pa.int64()),
        "bands": bands_array(bands),
    }
    schema = staged_schema(bands.shape[1])
    return pa.table([columns[name] for name in schema.names], schema=schema)


def bands_array(bands: NDArray[np.uint64]) -> pa.FixedSizeListArray:
    """Returns the `bands` column; bands: uint64 (posts, bands)."""
    return pa.FixedSizeListArray.from_arrays(pa.array(bands.reshape(-1), pa.uint64()), bands.shape[1])


def blocks_array(posts: list[list[Block]]) -> pa.ListArray:
    """Returns the `blocks` column of these posts."""
    offsets = [0]
    for blocks in posts:
        offsets.append(offsets[-1] + len(blocks))
    flat = [block for blocks in posts for block in blocks]
    values = [
        pa.array([block.kind for block in flat], pa.string()),
        pa.array([block.text for block in flat], pa.string()),
    ]
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), pa.StructArray.from_arrays(values, fields=list(BLOCK_TYPE))
    )


def blocks_of(column: pa.ListArray) -> list[list[Block]]:
    """Returns the blocks of each row of a `blocks` column."""
    flat = column.flatten()
    kinds, texts = flat.field("kind").to_pylist(), flat.field("text").to_pylist()
    blocks = [*map(Block, kinds, texts)]
    start, rows = 0, []
    for count in column.value_lengths().to_pylist():
        rows.append(blocks[start : start + count])
        start += count
    return rows


def read_staged(path: str) -> Iterator[pa.RecordBatch]:
    """Yields the row groups of a staged file."""
    with FileSystems.open(path) as file:
        yield from pq.ParquetFile(file).iter_batches(batch_size=STAGED_GROUP, use_threads=False)


def read_columns(path: str, columns: list[str]) -> pa.Table:
    """Reads some columns of a staged file."""
    with FileSystems.open(path) as file:
        # read_table would scan with threads, and one may release the Python file after the interpreter's end and abort.
        return pq.ParquetFile(file).read(columns=columns, use_threads=False)


def unit_keys(unit: tuple[int, str], *, output: str) -> UnitKeys:
    """Reads the keys of a staged unit's posts; `unit` is (number, name)."""
    number, name = unit
    table = read_columns(staged_path(output, name, "posts"), ["date", "content_sha256", "post_id", "bands"])
    bands = table.column("bands").combine_chunks()
    dates, contents, ids = (table.column(column).to_pylist() for column in ("date", "content_sha256", "post_id"))
    return UnitKeys.of(
        number=number,
        dates=dates,
        contents=contents,
        ids=ids,
        bands=bands.flatten().to_numpy().reshape(-1, bands.type.list_size),
    )
