from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final

from pipelines.errors import UserError
from pipelines.posts.post import RawPost, Reject
from pipelines.read.csv.columns import ColumnLayout, find_layout
from pipelines.read.csv.dialect import Dialect, excel_delimiter, sniff_dialect
from pipelines.read.csv.lines import read_blocks
from pipelines.read.csv.records import BrokenRecord, Record, RecordReader
from pipelines.read.fields.record import post_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.read.csv.lines import LineBlock
    from pipelines.read.csv.record_shape import RecordShape

_NULLS: Final = ("NULL", "\\N")
"""How databases write a cell that holds nothing."""


@dataclass(frozen=True, kw_only=True)
class TableState:
    """What was learnt at the begin of an export, for a reader that goes on amid it."""

    row_end: str
    shape: RecordShape
    layout: ColumnLayout


@dataclass(frozen=True, kw_only=True)
class Table:
    """An export that is open: its records without the header, and the reader that they come from.

    The first record begins `skip` lines after the byte `offset`.
    """

    state: TableState
    offset: int
    skip: int
    reader: RecordReader
    records: Iterator[Record]


def read_csv_file(stream: BinaryIO, *, source: str, columns: Mapping[str, str] | None) -> Iterator[RawPost | Reject]:
    """The posts of a CSV export, one post or reject a record, in a stream; `RecordReader` says what is held.

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
    for position, record in enumerate(table.records, start=1):
        yield post_of_record(record, layout=table.state.layout, source=source, position=position)


def open_table(stream: BinaryIO, *, source: str, columns: Mapping[str, str] | None) -> Table | None:
    """Opens an export at its begin and learns its dialect, shape and columns; None if it holds no record.

    Raises:
        UserError: as in `read_csv_file`.
    """
    blocks = read_blocks(stream)
    block = next(blocks, None)
    if block is None:
        return None
    lines = block.first_lines()
    delimiter = excel_delimiter(lines[0])
    dialect = Dialect(delimiter=delimiter) if delimiter else sniff_dialect(lines)
    reader = RecordReader(_unescaped(chain([block], blocks), dialect), dialect=dialect)
    if delimiter:
        reader.skip_lines(1)
        del lines[0]
    offset, skip = reader.next_record_begins()
    first = next(reader, None)
    if first is None or reader.shape is None:
        return None
    if isinstance(first, BrokenRecord):
        raise UserError(f"{source}: the first row cannot be read ({first.reason}); correct it or export the file anew")
    rows = [row for row in dialect.reader(map(dialect.text, lines)) if len(row) == len(first)]
    layout = find_layout(first, rows=rows[1:], columns=columns, source=source)
    state = TableState(row_end=block.row_end, shape=reader.shape, layout=layout)
    if not layout.has_header:
        return Table(state=state, offset=offset, skip=skip, reader=reader, records=chain([first], reader))
    offset, skip = reader.next_record_begins()
    return Table(state=state, offset=offset, skip=skip, reader=reader, records=reader)


def resume_table(stream: BinaryIO, *, state: TableState, offset: int, skip: int) -> RecordReader:
    """The records from the one on that begins `skip` lines after the byte `offset`."""
    stream.seek(offset)
    dialect = state.shape.dialect
    blocks = _unescaped(read_blocks(stream, offset=offset, row_end=state.row_end), dialect)
    reader = RecordReader(blocks, dialect=dialect, shape=state.shape)
    reader.skip_lines(skip)
    return reader


def post_of_record(record: Record, *, layout: ColumnLayout, source: str, position: int) -> RawPost | Reject:
    """The post in a record, or why it is none."""
    if isinstance(record, BrokenRecord):
        return Reject(
            source=source,
            position=position,
            stage="read",
            reason=record.reason,
            value=record.value,
            threshold=record.threshold,
            excerpt=record.excerpt,
        )
    cells = {field: record[column] for field, column in layout.positions.items()}
    filled = {field: "" if cell in _NULLS else cell for field, cell in cells.items()}
    return post_of(filled, source=source, position=position, content_kind=layout.content_kind)


def empty_file(source: str) -> Reject:
    """The reject that stands for a file without records."""
    return Reject(source=source, position=0, stage="read", reason="empty file")


def _unescaped(blocks: Iterator[LineBlock], dialect: Dialect) -> Iterator[LineBlock]:
    """The blocks as a dialect with escapes needs them."""
    return (replace(block, text=dialect.text(block.text)) for block in blocks) if dialect.escapes else blocks
