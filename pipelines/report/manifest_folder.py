"""Reads a folder that this project wrote: the files that its manifest lists, and no others."""

from __future__ import annotations

import json
import os.path
import posixpath
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError, unusable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

VARIATION_PARTS, REJECT_PARTS = "part-*.parquet", "rejects/part-*.parquet"
"""The patterns of the files of a variations folder that hold variations, and that hold rejects."""

_BATCH_ROWS = 4096


@dataclass(frozen=True, kw_only=True)
class ManifestFolder:
    """A folder and its manifest. `command` is the command that writes such folders; messages name it."""

    path: str
    command: str
    manifest: Mapping[str, Any]

    @classmethod
    def open(cls, path: str, *, command: str) -> ManifestFolder:
        """Opens the folder at `path`, which is local or on any filesystem that Beam knows.

        Raises:
            UserError: the manifest is missing or lists no files.
        """
        manifest = read_json_object(path, "MANIFEST.json", command=command)
        files = manifest.get("files")
        if not isinstance(files, list) or not all(isinstance(file, dict) and "path" in file for file in files):
            raise UserError(f"{path}: MANIFEST.json lists no files; let `blogvae {command}` write the folder again")
        return cls(path=path, command=command, manifest=manifest)

    def table(self, pattern: str, columns: list[str], *, post_ids: Collection[str] | None = None) -> pa.Table:
        """These columns of all Parquet files whose listed path matches, in the manifest's order.

        Args:
            pattern: a pattern of `fnmatch` for the paths that the manifest lists.
            columns: the names of the columns; a field of a struct is `struct.field`.
            post_ids: the posts whose rows are read; None for all rows.

        Raises:
            UserError: a listed file is missing, unreadable, lacks a column or has other rows than listed.
        """
        batches = self.batches(pattern, columns)
        if post_ids is not None:
            wanted = pa.array(sorted(post_ids), pa.string())
            batches = (batch.filter(pc.is_in(batch["post_id"], wanted)) for batch in batches)
        empty = pa.table({column: pa.nulls(0) for column in columns if "." not in column})
        tables = (pa.Table.from_batches([batch]) for batch in batches)
        return pa.concat_tables([empty, *tables], promote_options="permissive")

    def batches(self, pattern: str, columns: list[str], *, if_there: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """The same rows in batches. A part without rows gives one empty batch, so that its columns are known.

        Args:
            pattern: as for `table`.
            columns: as for `table`.
            if_there: the names of columns that parts of an earlier release may lack.

        Raises:
            UserError: as `table`, when the part is reached.
        """
        for file in self.manifest["files"]:
            if fnmatchcase(file["path"], pattern):
                yield from self._part(file, columns, if_there)

    def _part(self, file: Mapping[str, Any], columns: list[str], if_there: Sequence[str]) -> Iterator[pa.RecordBatch]:
        path = join(self.path, file["path"])
        remedy = f"let `blogvae {self.command}` write the folder again"
        try:
            with FileSystems.open(path) as handle, pq.ParquetFile(handle) as parquet:
                rows, listed = parquet.metadata.num_rows, file.get("rows")
                if rows != listed:
                    raise UserError(f"{path}: {rows} rows where the manifest lists {listed}; {remedy}")
                lacking = {column.split(".")[0] for column in columns} - set(parquet.schema_arrow.names)
                if lacking:
                    raise UserError(f"{path}: no column {', '.join(sorted(lacking))}; {remedy}")
                columns = [*columns, *(name for name in if_there if name in parquet.schema_arrow.names)]
                if rows:
                    yield from parquet.iter_batches(_BATCH_ROWS, columns=columns)
                else:
                    empty = parquet.read(columns=columns)
                    yield pa.RecordBatch.from_pylist([], schema=empty.schema)
        except FileNotFoundError as error:
            raise UserError(f"{path}: listed in MANIFEST.json and not there; {remedy}") from error
        except (OSError, pa.ArrowException) as error:
            raise unusable(f"{path}: unreadable as Parquet; {remedy}", error) from error


def read_json_object(folder: str, name: str, *, command: str) -> dict[str, Any]:
    """The JSON object that a file of a folder holds.

    Raises:
        UserError: the file is missing or holds something else.
    """
    path = join(folder, name)
    remedy = f"name a folder that `blogvae {command}` has finished"
    try:
        with FileSystems.open(path) as handle:
            content = json.loads(handle.read())
    except FileNotFoundError as error:
        raise UserError(f"{path}: not found; {remedy}") from error
    except ValueError as error:
        raise UserError(f"{path}: no JSON; {remedy}") from error
    if not isinstance(content, dict):
        raise UserError(f"{path}: no JSON object; {remedy}")
    return content


def join(folder: str, relative: str) -> str:
    """The path `relative`, seen from `folder`. `..` is resolved by name, since object stores know no parent folders."""
    if "://" in relative:
        return relative
    scheme, separator, path = folder.rpartition("://")
    if separator:
        return scheme + separator + posixpath.normpath(posixpath.join(path, relative))
    return os.path.normpath(os.path.join(folder, relative))  # noqa: PTH118  # a path of any filesystem Beam knows
