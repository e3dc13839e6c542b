"""The accepted variations in formats for other programs, written from the Parquet parts."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any, Final

import pyarrow.parquet as pq
import yaml
from apache_beam.io.filesystems import FileSystems

from pipelines.write.atomic import atomic_file, read_json, write_bytes
from pipelines.write.manifest import MANIFEST, remove_leftovers
from pipelines.write.post_names import PostNames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

EXPORTS: Final = "exports"
EXPORT_KINDS: Final = ("csv", "jsonl", "txt")

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet computes (OWASP, CSV Injection)."""


def write_exports(output: str, kind: str, *, guard_formulas: bool) -> str:
    """Writes all accepted variations of the folder `output` below its exports/, in the manifest's order.

    The manifest, which is to be there, does not list them: they hold nothing that the parts do not. Files of an
    earlier txt export that this one does not write are removed. Held in memory are one row group and, for txt, the
    names given.

    Args:
        output: the variations folder.
        kind: csv (RFC 4180, lists as JSON, one column a score), jsonl, or txt (a file a variation, provenance in
            its front matter). `prepare` reads each.
        guard_formulas: in CSV an apostrophe stands before a text that a spreadsheet would compute.

    Returns:
        The path of the file or, of txt, the folder.
    """
    groups = _row_groups(output)
    if kind == "txt":
        return _write_posts(f"{output}/{EXPORTS}/txt", groups)
    path = f"{output}/{EXPORTS}/variations.{kind}"
    with atomic_file(path) as (file, _):
        for text in _csv(groups, guard_formulas=guard_formulas) if kind == "csv" else map(_json_lines, groups):
            file.write(text.encode())
    return path


def _row_groups(output: str) -> Iterator[pa.Table]:
    for part in read_json(f"{output}/{MANIFEST}")["files"]:
        if part["path"].startswith("part-"):
            with FileSystems.open(f"{output}/{part['path']}") as file, pq.ParquetFile(file) as parquet:
                if not parquet.num_row_groups:
                    yield parquet.read()  # no rows, but columns
                yield from map(parquet.read_row_group, range(parquet.num_row_groups))


def _csv(groups: Iterator[pa.Table], *, guard_formulas: bool) -> Iterator[str]:
    for number, group in enumerate(groups):
        table = group.rename_columns({"scores": "score"}).flatten()
        text = io.StringIO()
        rows = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        if not number:
            rows.writerow([name.replace(".", "_") for name in table.column_names])
        cells = ([_cell(value, guard=guard_formulas) for value in column.to_pylist()] for column in table.columns)
        rows.writerows(zip(*cells, strict=True))
        yield text.getvalue()


def _cell(value: Any, *, guard: bool) -> Any:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
    return f"'{text}" if guard and isinstance(text, str) and text.startswith(_FORMULA) else text


def _json_lines(group: pa.Table) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in group.to_pylist())


def _write_posts(folder: str, groups: Iterator[pa.Table]) -> str:
    names, written = PostNames(), set()
    for group in groups:
        for row in group.to_pylist():
            path = f"{names.name(row)}~v{row['variant']}.txt"
            write_bytes(f"{folder}/{path}", _post_file(row).encode())
            written.add(path)
    remove_leftovers(folder, keep=written, among=("**",))
    return folder


def _post_file(row: Mapping[str, Any]) -> str:
    """A text with front matter; there is always a title, or else a heading at its start would be taken for one."""
    fields = {
        "title": row["title"] or row["post_id"],
        "author": row["author"],
        "date": row["date"],
        "categories": row["category"],
        "tags": row["tags"],
        "variation_of": row["post_id"],
        "change": round(row["change_measured"], 4),
        "model": row["model_sha256"],
    }
    told = {key: value for key, value in fields.items() if value not in ("", [], None)}
    return f"---\n{yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=math.inf)}---\n\n{row['text']}\n"
