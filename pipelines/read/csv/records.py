from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias

from pipelines.posts.post import EXCERPT_CHARACTERS
from pipelines.read.charsets.decoding import has_undecodable, printable
from pipelines.read.csv.lines import RECORD_LIMIT, restore_breaks, split_lines
from pipelines.read.csv.record_shape import RecordShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.read.csv.dialect import Dialect
    from pipelines.read.csv.lines import LineBlock


@dataclass(frozen=True, kw_only=True)
class BrokenRecord:
    """A record that cannot be taken, and why."""

    reason: str
    value: str = ""
    threshold: str = ""
    excerpt: str


Record: TypeAlias = "list[str] | BrokenRecord"


class RecordReader:
    """Reads the records of a delimited file one after the other; all that changes on the way is held here.

    Blank lines are no records; empty fields beyond the first record's are dropped. A quote that is never closed must
    not swallow the records after it: where one shows, its record is broken off and reported once, and reading resumes
    where records seem to begin again, or else at the record's second line. No more than `RECORD_LIMIT` characters and
    a few blocks of lines are ever held.

    `csv.reader` takes the lines from a `StringIO` without a step of Python's, which saves a third of the time; the
    place in that says which lines the record was made of, so that they can be read again.

    Args:
        blocks: the file's lines.
        dialect: how its fields are parted.
        shape: what the first record showed, for a reader that begins behind it.
    """

    def __init__(self, blocks: Iterator[LineBlock], *, dialect: Dialect, shape: RecordShape | None = None) -> None:
        self.shape = shape
        self._dialect = dialect
        self._blocks = blocks
        self._block = next(blocks, None)
        self._lines = io.StringIO(self._block.text if self._block else "", newline="")
        self._prepended = 0  # characters at the start of `_lines` that are of blocks before
        self._furthest = 0  # the end of what was ever read of `_lines`
        self._lines_before = 0  # lines of the blocks before, counted where these have no offset
        self._start = 0  # where in `_lines` the record begins
        self._carried = ""  # the record's lines from blocks before
        self._at_end = False  # the record asked for more lines than there are
        self._fields = self._read_fields()

    def __iter__(self) -> RecordReader:
        return self

    def __next__(self) -> Record:
        while True:
            self._start, self._carried, self._at_end = self._lines.tell(), "", False
            try:
                fields = next(self._fields)
            except csv.Error:
                fields = None
            text = self._text()
            if text.isspace():
                continue
            shape = self.shape = self.shape or self._first_shape(fields, text)
            if fields is not None and len(text) <= RECORD_LIMIT and not shape.opens_a_cell(text):
                if len(fields) == shape.width and not has_undecodable(text):
                    return fields
                if shape.fits(fields):
                    return _checked(fields, text, shape)
            record, again = _mended(fields, text, shape=shape, at_end=self._at_end)
            self._go_back(again)
            if record is not None:
                return record

    def skip_lines(self, count: int) -> None:
        """Passes over lines, before the first record."""
        next(islice(self._further_lines(), count, count), None)
        self._fields = self._read_fields()  # the lines may have led to another block

    @property
    def reached(self) -> int:
        """About how many bytes of the file were read; 0 in UTF-16."""
        offset = self._block.offset if self._block else None
        return 0 if offset is None else offset + self._lines.tell() - self._prepended

    def offset(self) -> int | None:
        """The byte behind the last record; None if lines behind it were looked at, and in UTF-16."""
        if not self._block or self._lines.tell() < self._furthest:
            return None
        return self._block.offset_after(self._lines.tell() - self._prepended)

    def next_record_begins(self) -> tuple[int, int]:
        """A byte, and the number of lines from there to the next record: in UTF-16 all from the file's begin."""
        offset = self.offset()
        if offset is not None or not self._block:
            return offset or 0, 0
        return 0, self._lines_before + self._block.text.count(self._block.row_end, 0, self._lines.tell())

    def _first_shape(self, fields: list[str] | None, text: str) -> RecordShape:
        first = self._dialect.split(split_lines(text)[0]) if fields is None else fields
        return RecordShape.of_first_record(first, self._dialect)

    def _read_fields(self) -> Iterator[list[str]]:
        """Reads from here on, strictly, since a quote that closes amid a later record shows as an error alone."""
        return self._dialect.reader(self._further_lines(), strict=True)

    def _further_lines(self) -> Iterator[str]:
        return chain.from_iterable(chain([self._lines], self._further_blocks()))

    def _further_blocks(self) -> Iterator[io.StringIO]:
        while True:
            self._carried = self._text()
            self._start = self._lines.tell()
            if len(self._carried) > RECORD_LIMIT:
                raise csv.Error("the record is longer than any read")
            block = next(self._blocks, None)
            if block is None:
                self._at_end = True
                return
            if self._block and self._block.offset is None:
                self._lines_before += self._block.text.count(self._block.row_end)
            self._block = block
            self._lines = io.StringIO(block.text, newline="")
            self._prepended = self._start = self._furthest = 0
            yield self._lines

    def _text(self) -> str:
        """The lines of the record so far."""
        end = self._lines.tell()
        self._lines.seek(self._start)
        return self._carried + self._lines.read(end - self._start)

    def _go_back(self, text: str) -> None:
        """Begins anew with a text in place of as many characters that were read last."""
        if text:
            end = self._lines.tell()
            self._furthest = max(self._furthest, end)
            missing = max(len(text) - end, 0)
            if missing:
                self._lines.seek(0)
                self._lines = io.StringIO(text[:missing] + self._lines.read(), newline="")
                self._prepended += missing
                self._furthest += missing
            start = end + missing - len(text)
            self._lines.seek(start)
            self._lines.write(text)
            self._lines.seek(start)
        self._fields = self._read_fields()


def _mended(fields: list[str] | None, text: str, *, shape: RecordShape, at_end: bool) -> tuple[Record | None, str]:
    """Judges a record that does not fit or whose quotes do not match.

    Returns:
        The record, None if its whole text is to be read again, and the text of its end that is to be read again.
    """
    every_line = split_lines(text)
    lines = _within_limit(every_line)
    beyond = every_line[len(lines) :]
    if len(lines[0]) > RECORD_LIMIT:
        return _too_long(lines[0]), "".join(beyond)
    if beyond:
        fields = None
    elif fields is None and len(lines) == 1 and not at_end:
        fields = shape.dialect.split(lines[0])
    if fields is None or shape.is_suspect(fields, lines):
        resume = shape.find_record_after_first_line(lines)
        if fields is None or resume:
            return _broken(lines[0], "unclosed quote"), "".join(lines[resume or 1 :] + beyond)
    if not shape.fits(fields) and (records := shape.with_odd_breaks_as_ends(text)):
        return None, records
    return _checked(fields, text, shape), ""


def _within_limit(lines: list[str]) -> list[str]:
    """The first lines, up to the one that passes `RECORD_LIMIT`."""
    size = 0
    for count, line in enumerate(lines, start=1):
        size += len(line)
        if size > RECORD_LIMIT:
            return lines[:count]
    return lines


def _checked(fields: list[str], text: str, shape: RecordShape) -> Record:
    """The fields as many as the first record's, with all breaks; or why they cannot be taken."""
    if len(text) > RECORD_LIMIT:
        return _too_long(text)
    fields = shape.fitted(fields)
    if len(fields) != shape.width:
        return _broken(text, "field count", value=len(fields), threshold=shape.width)
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
