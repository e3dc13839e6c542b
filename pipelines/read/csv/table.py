from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO, Final

from pipelines.errors import UserError
from pipelines.posts.post import RawPost, Reject
from pipelines.read.csv.columns import Layout, find_layout
from pipelines.read.csv.dialect import Dialect, excel_delimiter, sniff_dialect
from pipelines.read.csv.line_window import LineWindow
from pipelines.read.csv.lines import read_blocks
from pipelines.read.csv.record_shape import RecordShape
from pipelines.read.csv.records import BrokenRecord, Record, read_records
from pipelines.read.record import post_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.read.csv.lines import Block

_NULLS: Final = ("NULL", "\\N")
"""How databases write a cell that holds nothing."""


@dataclass(frozen=True, kw_only=True)
class TableState:
    """What was learnt at the begin of an export, for a reader that goes on amid it; see `RecordShape`."""

    row_end: str
    dialect: Dialect
    width: int
    named: int
    layout: Layout


@dataclass(frozen=True, kw_only=True)
class Table:
    """An export opened: its records without the header, which begin `skip` lines after a byte, and what reads them."""

    state: TableState
    offset: int
    skip: int
    window: LineWindow
    records: Iterator[Record]


def open_table(stream: BinaryIO, *, source: str, columns: Mapping[str, str] | None) -> Table | None:
    """Opens an export at the stream's begin; None if it holds no row.

    Raises:
        UserError: the first row cannot be read, no column holds the content, or one asked for is not there.
    """
    blocks = read_blocks(stream)
    block = next(blocks, None)
    if block is None:
        return None
    lines = block.first_lines()
    delimiter = excel_delimiter(lines[0])
    dialect = Dialect(delimiter=delimiter) if delimiter else sniff_dialect(lines)
    window = _window(chain([block], blocks), dialect)
    if delimiter:
        next(window.lines())
        del lines[0]
    offset, skip = window.place()
    shape = RecordShape(dialect)
    records = read_records(window, shape)
    first = next(records, None)
    if first is None:
        return None
    if isinstance(first, BrokenRecord):
        raise UserError(f"{source}: the first row cannot be read ({first.reason}); correct it or export the file anew")
    rows = [row for row in dialect.reader(map(dialect.text, lines)) if len(row) == len(first)]
    layout = find_layout(first, rows=rows[1:], columns=columns, source=source)
    state = TableState(row_end=block.row_end, dialect=dialect, width=shape.width, named=shape.named, layout=layout)
    if layout.has_header:
        offset, skip = window.place()
    else:
        records = chain([first], records)
    return Table(state=state, offset=offset, skip=skip, window=window, records=records)


def resume_table(stream: BinaryIO, *, state: TableState, offset: int, skip: int) -> Iterator[Record]:
    """The records from some place on, where one begins."""
    stream.seek(offset)
    window = _window(read_blocks(stream, offset=offset, row_end=state.row_end), state.dialect)
    next(islice(window.lines(), skip, skip), None)
    return read_records(window, RecordShape(state.dialect, width=state.width, named=state.named))


def read_row(row: Record, *, layout: Layout, source: str, position: int) -> RawPost | Reject:
    """The post in a record, or why it is none."""
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
    filled = {field: "" if cell in _NULLS else cell for field, cell in cells.items()}
    return post_of(filled, source=source, position=position, content_kind=layout.content_kind)


def _window(blocks: Iterator[Block], dialect: Dialect) -> LineWindow:
    if dialect.escapes:
        return LineWindow(replace(block, text=dialect.text(block.text)) for block in blocks)
    return LineWindow(blocks)
