from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from pipelines.posts.post import RawPost, Reject
from pipelines.read.csv.table import open_table, read_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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
    table = open_table(stream, source=source, columns=columns)
    if table is None:
        yield empty_file(source)
        return
    for position, row in enumerate(table.records, start=1):
        yield read_row(row, layout=table.state.layout, source=source, position=position)


def empty_file(source: str) -> Reject:
    """What is said of a file that holds no row."""
    return Reject(source=source, position=0, stage="read", reason="empty file")
