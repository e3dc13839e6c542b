from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipelines.posts import EXCERPT_CHARACTERS
from pipelines.read.decoding import has_undecodable, printable
from pipelines.read.line_window import LineWindow
from pipelines.read.lines import RECORD_LIMIT, restore_breaks
from pipelines.read.record_shape import RecordShape, sniff_delimiter

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELD_LIMIT: Final = 1 << 30  # the limit of the record is the one that counts


@dataclass(frozen=True, kw_only=True)
class BrokenRecord:
    """A record that cannot be taken, and why."""

    reason: str
    value: str = ""
    threshold: str = ""
    excerpt: str


def read_records(lines: Iterator[str]) -> Iterator[list[str] | BrokenRecord]:
    """The records of a comma, tab or semicolon separated file; the first one sets the number of fields.

    Blank lines are no records; empty fields beyond the first record's are dropped. A quote that is never closed
    must not swallow the rows after it: where one shows, its record is broken off and reported once, and reading
    resumes where rows seem to begin again, or else at the record's second line. No more than `RECORD_LIMIT`
    characters and one line are ever held.
    """
    csv.field_size_limit(_FIELD_LIMIT)
    window = LineWindow(lines)
    shape = RecordShape(sniff_delimiter(window.peek()))
    # Strict, since a quote that closes amid a later row shows as an error alone.
    reader = csv.reader(window, delimiter=shape.delimiter, skipinitialspace=True, strict=True)
    while True:
        window.start_record()
        fields: list[str] | None
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            fields = shape.parse_line(window.record[0]) if window.holds_one_whole_line else None
        text = "".join(window.record)
        if text.isspace():
            continue
        if fields is None or shape.is_suspect(fields, window.record):
            resume = shape.find_row_after_first_line(window.record)
            if fields is None or resume:
                yield _broken(window.record[0], "unclosed quote")
                window.read_again(window.record[resume or 1 :])
                continue
        if rows := shape.rows_in(fields, text):
            window.read_again(rows)
        else:
            yield _checked(shape.fitted(fields), text, width=shape.width)


def _checked(fields: list[str], text: str, *, width: int) -> list[str] | BrokenRecord:
    if len(text) > RECORD_LIMIT:
        return _broken(text, "record too long", value=len(text), threshold=RECORD_LIMIT)
    if len(fields) != width:
        return _broken(text, "field count", value=len(fields), threshold=width)
    if not has_undecodable(text):  # nor odd breaks, which are half surrogate pairs too
        return fields
    if has_undecodable(restore_breaks(text)):
        return _broken(text, "undecodable bytes")
    return [restore_breaks(field) for field in fields]


def _broken(text: str, reason: str, *, value: int | str = "", threshold: int | str = "") -> BrokenRecord:
    excerpt = printable(restore_breaks(text[:EXCERPT_CHARACTERS])).strip()
    return BrokenRecord(reason=reason, value=str(value), threshold=str(threshold), excerpt=excerpt)
