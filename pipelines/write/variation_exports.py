"""Exports the accepted variations from the Parquet parts to formats of other programs."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any, Final

import pyarrow.parquet as pq
import yaml
from apache_beam.io.filesystems import FileSystems

from pipelines.write.atomic import atomic_file, write_bytes
from pipelines.write.manifest import remove_leftovers
from pipelines.write.post_names import PostNames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

EXPORTS: Final = "exports"

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What cells start with that a spreadsheet takes for formulas (OWASP, CSV Injection)."""


def write_exports(output: str, files: Sequence[Mapping[str, Any]], kind: str, *, guard_formulas: bool) -> str:
    """Writes all accepted variations of a folder below its exports/, in the order of its manifest.

    The manifest does not list the exports, since they contain nothing that the parts do not.
    Files of an earlier txt export that this one does not write are removed. One row group is held in memory and, for
    txt, all file names.

    Args:
        output: the variations folder.
        files: the files of its manifest.
        kind: csv (RFC 4180, lists as JSON, one column for each score), jsonl, or txt (one file for each variation,
            with its provenance as front matter). `prepare` reads all three.
        guard_formulas: whether to put an apostrophe, in CSV, before a text that a spreadsheet takes for a formula.

    Returns:
        The path of the file or, for txt, of the folder.
    """
    groups = _row_groups(output, files)
    if kind == "txt":
        return _write_posts(f"{output}/{EXPORTS}/txt", groups)
    path = f"{output}/{EXPORTS}/variations.{kind}"
    with atomic_file(path) as (file, _):
        for text in _csv(groups, guard_formulas=guard_formulas) if kind == "csv" else map(_json_lines, groups):
            file.write(text.encode())
    return path


def _row_groups(output: str, files: Sequence[Mapping[str, Any]]) -> Iterator[pa.Table]:
    for part in files:
        if part["path"].startswith("part-"):
            with FileSystems.open(f"{output}/{part['path']}") as file, pq.ParquetFile(file) as parquet:
                if not parquet.num_row_groups:
                    yield parquet.read()  # a part without rows still has columns for the CSV header
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
    """Returns the text with front matter. It always has a title, so that no heading of the text is taken for one."""
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
    present = {key: value for key, value in fields.items() if value not in ("", [], None)}
    header = yaml.safe_dump(present, allow_unicode=True, sort_keys=False, width=math.inf)
    return f"---\n{header}---\n\n{row['text']}\n"
