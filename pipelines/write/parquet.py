"""Writes Parquet files in row groups, with the entries that the manifest lists."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.write.atomic import atomic_file

if TYPE_CHECKING:
    from collections.abc import Iterator


_BUFFER_BYTES: Final = 1 << 18
"""Parquet writes two pieces for each column of each row group, most of which are small."""


class PartWriter:
    """Collects rows, given as dicts by column, and writes a row group for every `group_rows` of them."""

    def __init__(self, writer: pq.ParquetWriter, *, group_rows: int) -> None:
        self._writer, self._group_rows = writer, group_rows
        self._rows: list[dict[str, Any]] = []
        self.count = 0

    def write(self, row: dict[str, Any]) -> None:
        """Adds a row."""
        self._rows.append(row)
        self.count += 1
        if len(self._rows) == self._group_rows:
            self.flush()

    def write_table(self, table: pa.Table) -> None:
        """Writes the rows of a table as a row group of their own, after the rows that wait."""
        self.flush()
        if len(table):
            self._writer.write_table(table, row_group_size=len(table))
            self.count += len(table)

    def flush(self) -> None:
        """Writes the rows that wait as a row group."""
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._writer.schema))
            self._rows = []


@contextmanager
def parquet_part(
    folder: str, path: str, schema: pa.Schema, *, group_rows: int, files: list[dict[str, Any]], **options: Any
) -> Iterator[PartWriter]:
    """Writes `folder/path` atomically, and then appends its entry (path, rows, bytes, sha256) to `files`.

    `options` go to the ParquetWriter; the compression is zstd by default.
    """
    options = {"compression": "zstd", **options}
    with (
        atomic_file(f"{folder}/{path}") as (file, written),
        io.BufferedWriter(cast("io.RawIOBase", file), _BUFFER_BYTES) as buffered,
        pq.ParquetWriter(buffered, schema, **options) as parquet,
    ):
        part = PartWriter(parquet, group_rows=group_rows)
        yield part
        part.flush()
    files.append({"path": path, "rows": part.count, "bytes": written.bytes, "sha256": written.sha256})
