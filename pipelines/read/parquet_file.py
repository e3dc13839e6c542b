from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import UserError
from pipelines.posts.post import RawPost, Reject
from pipelines.read.charsets.decoding import has_undecodable
from pipelines.read.content_kinds import kind_of_column
from pipelines.read.fields.cells import Cell, cell_of
from pipelines.read.fields.record import find_named_fields, post_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_BATCH_ROWS: Final = 256
_CHUNK_BYTES: Final = 1 << 20
_UNDECODABLE: Final = "\udcff"  # as in `decode_utf8`


@dataclass(frozen=True, kw_only=True)
class ParquetPart:
    """The row groups of a file from `start` up to but not including `stop`; the first row has the position `first`."""

    start: int
    stop: int
    first: int
    records: int
    sha256: str


def read_parquet_file(
    stream: BinaryIO, *, source: str, columns: Mapping[str, str] | None, part: ParquetPart | None = None
) -> Iterator[RawPost | Reject]:
    """Reads the posts of a Parquet file; only the needed columns are read and one batch of rows is held at a time.

    Args:
        stream: the file; a stream that cannot seek is copied to a temporary file.
        source: the file's path relative to its input, with '/'.
        columns: column names or numbers (from 1) by field, over the usual names.
        part: the row groups to read, all if None.

    Raises:
        UserError: no column holds the content, or one asked for is not there.
        pyarrow.ArrowException, OSError: the file is no Parquet file, or damaged.
    """
    if not stream.seekable():
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(stream, copy, _CHUNK_BYTES)
            yield from read_parquet_file(cast("BinaryIO", copy), source=source, columns=columns, part=part)
        return
    # Pages are read one by one: a column of a row group may be larger than memory.
    file = pq.ParquetFile(stream, buffer_size=_CHUNK_BYTES, pre_buffer=False)
    names = file.schema_arrow.names
    fields = _fields_among(names, columns=columns, source=source)
    groups = range(part.start, part.stop) if part else range(file.num_row_groups)
    kind = kind_of_column(names[fields["content"]], names)
    position = part.first if part else 1
    needed = [names[place] for place in sorted(fields.values())]
    for group in groups:  # one by one, since a batch may span some, and then damage in one costs those before it
        for batch in file.iter_batches(_BATCH_ROWS, row_groups=[group], columns=needed, use_threads=False):
            for cells in _rows(batch, {field: names[place] for field, place in fields.items()}):
                yield _read_row(cells, source=source, position=position, content_kind=kind)
                position += 1


def cut_parquet_file(stream: BinaryIO, *, part_bytes: int) -> list[ParquetPart]:
    """Cuts a file into parts of whole row groups of at least `part_bytes` when decompressed, but for the last.

    Raises:
        pyarrow.ArrowException, OSError: the file is no Parquet file.
    """
    metadata = pq.ParquetFile(stream).metadata
    runs: list[list[int]] = [[]]
    size = 0
    for group in range(metadata.num_row_groups):
        runs[-1].append(group)
        size += metadata.row_group(group).total_byte_size
        if size >= part_bytes:
            runs.append([])
            size = 0
    parts: list[ParquetPart] = []
    first = 1
    for run in filter(None, runs):
        records = sum(metadata.row_group(group).num_rows for group in run)
        sha256 = _sha256(stream, metadata, run, first=first)
        parts.append(ParquetPart(start=run[0], stop=run[-1] + 1, first=first, records=records, sha256=sha256))
        first += records
    return parts


def _fields_among(names: Sequence[str], *, columns: Mapping[str, str] | None, source: str) -> dict[str, int]:
    fields = find_named_fields(names, columns=columns)
    listed = ", ".join(name[:40] for name in names[:20])
    for field, column in (columns or {}).items():
        if field not in fields:
            raise UserError(f"{source}: no column {column} among {listed}; correct --columns")
    if "content" not in fields:
        raise UserError(f"{source}: no content column among {listed}; name it with --columns content=NAME")
    return fields


def _rows(batch: pa.RecordBatch, columns: Mapping[str, str]) -> Iterator[dict[str, Cell]]:
    cells = [_cells(batch.column(batch.schema.names.index(name))) for name in columns.values()]
    return (dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True))


def _cells(column: pa.Array) -> list[Cell]:
    if pa.types.is_temporal(column.type):  # as text, since Python's dates end at the year 9999
        column = column.cast(pa.string())
    try:
        return [cell_of(value) for value in column.to_pylist()]
    except UnicodeDecodeError:
        return [_cell(value) for value in column]


def _cell(value: Any) -> Cell:
    try:
        return cell_of(value.as_py())
    except UnicodeDecodeError:
        return _UNDECODABLE


def _read_row(cells: dict[str, Cell], *, source: str, position: int, content_kind: str) -> RawPost | Reject:
    if any(has_undecodable(text) for cell in cells.values() for text in ([cell] if isinstance(cell, str) else cell)):
        return Reject(source=source, position=position, stage="read", reason="undecodable bytes")
    return post_of(cells, source=source, position=position, content_kind=content_kind)


def _sha256(stream: BinaryIO, metadata: pq.FileMetaData, groups: Sequence[int], *, first: int) -> str:
    """The SHA-256 of the row groups' bytes, their schema and the position of their first row."""
    digest = hashlib.sha256(f"{first} {metadata.schema.to_arrow_schema()}".encode())
    for group in groups:
        row_group = metadata.row_group(group)
        for index in range(row_group.num_columns):
            chunk = row_group.column(index)
            stream.seek(min(filter(None, (chunk.dictionary_page_offset, chunk.data_page_offset))))
            left = chunk.total_compressed_size
            while left and (data := stream.read(min(left, _CHUNK_BYTES))):
                digest.update(data)
                left -= len(data)
    return digest.hexdigest()
