"""Parquet parts, written in row groups and accounted for as the manifest lists them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.write.atomic import atomic_file

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROWS = "rows"


class PartWriter:
    """Takes rows (dicts by column) and writes a row group for every `group_rows` of them."""

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
        """Adds rows as a row group of their own, after those that wait."""
        self.flush()
        if len(table):
            self._writer.write_table(table, row_group_size=len(table))
            self.count += len(table)

    def flush(self) -> None:
        """Writes what waits."""
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._writer.schema))
            self._rows = []


@contextmanager
def parquet_part(
    folder: str, path: str, schema: pa.Schema, *, group_rows: int, files: list[dict[str, Any]], **options: Any
) -> Iterator[PartWriter]:
    """Writes `folder/path` and appends its entry (path, rows, bytes, sha256) to `files`; whole or not at all.

    `options` are the ParquetWriter's; it compresses with zstd unless told otherwise.
    """
    options = {"compression": "zstd", **options}
    with atomic_file(f"{folder}/{path}") as (file, written), pq.ParquetWriter(file, schema, **options) as out:
        rows = PartWriter(out, group_rows=group_rows)
        yield rows
        rows.flush()
    files.append({"path": path, _ROWS: rows.count, "bytes": written.bytes, "sha256": written.sha256})
