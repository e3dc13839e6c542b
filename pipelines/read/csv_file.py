from __future__ import annotations

from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from pipelines.errors import UserError
from pipelines.posts import EXCERPT_CHARACTERS, RawPost, Reject
from pipelines.read.columns import Layout, find_layout
from pipelines.read.csv_records import BrokenRecord, read_records
from pipelines.read.dates import iso_date
from pipelines.read.lines import read_lines
from pipelines.read.lists import split_labels, split_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def read_csv_file(stream: BinaryIO, *, source: str, columns: Mapping[str, str] | None) -> Iterator[RawPost | Reject]:
    """The posts of a CSV export, one post or reject a record, in a stream: see `read_records` for what is held.

    Args:
        stream: the file, at its start.
        source: the file's path relative to its input, with '/'; without its suffix it begins the ids of posts
            that have none.
        columns: column names or numbers (from 1) by field, as `parse_columns` gives them, over the usual names.

    Raises:
        UserError: the first row cannot be read, no column holds the content, or one asked for is not there.
    """
    records = read_records(read_lines(stream))
    first = next(records, None)
    if first is None:
        yield Reject(source=source, position=0, stage="read", reason="empty file")
        return
    if isinstance(first, BrokenRecord):
        raise UserError(f"{source}: the first row cannot be read ({first.reason}); correct it or export the file anew")
    layout = find_layout(first, columns=columns, source=source)
    rows = records if layout.has_header else chain([first], records)
    for position, row in enumerate(rows, start=1):
        yield _read_row(row, layout=layout, source=source, position=position)


def _read_row(row: Sequence[str] | BrokenRecord, *, layout: Layout, source: str, position: int) -> RawPost | Reject:
    if isinstance(row, BrokenRecord):
        return Reject(
            source=source,
            position=position,
            stage="read",
            reason=row.reason,
            value=row.value,
            threshold=row.threshold,
            excerpt=row.excerpt,
        )
    cells = {field: row[column] for field, column in layout.positions.items()}
    post_id = cells.get("id", "").strip() or f"{PurePosixPath(source).with_suffix('')}-{position}"
    title = " ".join(cells.get("title", "").split())
    if not cells["content"].strip():
        return Reject(
            source=source,
            position=position,
            stage="read",
            reason="empty content",
            post_id=post_id,
            excerpt=title[:EXCERPT_CHARACTERS],
        )
    return RawPost(
        source=source,
        position=position,
        post_id=post_id,
        content=cells["content"],
        title=title,
        author=", ".join(split_names(cells.get("author", ""))),
        date=iso_date(cells.get("date", "").strip()),
        category=split_labels(cells.get("category", "")),
        tags=split_labels(cells.get("tags", "")),
    )
