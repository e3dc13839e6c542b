from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pipelines.posts.post import EXCERPT_CHARACTERS
from pipelines.read.csv.lines import RECORD_LIMIT, restore_breaks, split_lines
from pipelines.read.decoding import has_undecodable, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.read.csv.line_window import LineWindow
    from pipelines.read.csv.record_shape import RecordShape


@dataclass(frozen=True, kw_only=True)
class BrokenRecord:
    """A record that cannot be taken, and why."""

    reason: str
    value: str = ""
    threshold: str = ""
    excerpt: str


Record: TypeAlias = "list[str] | BrokenRecord"


def read_records(window: LineWindow, shape: RecordShape) -> Iterator[Record]:
    """The records of a delimited file; the first one sets the number of fields, if the shape does not know it.

    Blank lines are no records; empty fields beyond the first record's are dropped. A quote that is never closed
    must not swallow the rows after it: where one shows, its record is broken off and reported once, and reading
    resumes where rows seem to begin again, or else at the record's second line. No more than `RECORD_LIMIT`
    characters and a few blocks of lines are ever held.
    """
    reader = shape.reader(window.lines())
    while True:
        window.start_record()
        fields: list[str] | None
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            fields = None
        text = window.record()
        if text.isspace():
            continue
        if fields is not None and shape.fits(fields) and len(text) <= RECORD_LIMIT and not shape.opens_a_cell(text):
            yield _checked(shape.fitted(fields), text, width=shape.width)
            continue
        record, again = _mended(fields, text, shape=shape, ended=window.ended)
        if again:
            window.read_again(again)
        reader = shape.reader(window.lines())
        if record is not None:
            yield record


def _mended(fields: list[str] | None, text: str, *, shape: RecordShape, ended: bool) -> tuple[Record | None, str]:
    """What to make of a record that does not fit or whose quotes do not match, and its end if to be read again."""
    every_line = split_lines(text)
    lines = _within_limit(every_line)
    beyond = every_line[len(lines) :]
    if len(lines[0]) > RECORD_LIMIT:
        return _too_long(lines[0]), "".join(beyond)
    if beyond:
        fields = None
    elif fields is None and len(lines) == 1 and not ended:
        fields = shape.parse_line(lines[0])
    if fields is None or shape.is_suspect(fields, lines):
        resume = shape.find_row_after_first_line(lines)
        if fields is None or resume:
            return _broken(lines[0], "unclosed quote"), "".join(lines[resume or 1 :] + beyond)
    if not shape.fits(fields) and (rows := shape.rows_in(text)):
        return None, rows
    return _checked(shape.fitted(fields), text, width=shape.width), ""


def _within_limit(lines: list[str]) -> list[str]:
    size = 0
    for count, line in enumerate(lines, start=1):
        size += len(line)
        if size > RECORD_LIMIT:
            return lines[:count]
    return lines


def _checked(fields: list[str], text: str, *, width: int) -> Record:
    if len(text) > RECORD_LIMIT:
        return _too_long(text)
    if len(fields) != width:
        return _broken(text, "field count", value=len(fields), threshold=width)
    if not has_undecodable(text):  # nor odd breaks, which are half surrogate pairs too
        return fields
    if has_undecodable(restore_breaks(text)):
        return _broken(text, "undecodable bytes")
    return [restore_breaks(field) for field in fields]


def _too_long(text: str) -> BrokenRecord:
    # Its length is not known: of a long line only the begin was kept.
    return _broken(text, "record too long", value=f"over {RECORD_LIMIT}", threshold=RECORD_LIMIT)


def _broken(text: str, reason: str, *, value: int | str = "", threshold: int | str = "") -> BrokenRecord:
    excerpt = printable(restore_breaks(text[:EXCERPT_CHARACTERS])).strip()
    return BrokenRecord(reason=reason, value=str(value), threshold=str(threshold), excerpt=excerpt)
