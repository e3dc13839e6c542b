from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from pipelines.read.lines import ODD_BREAK

if TYPE_CHECKING:
    from collections.abc import Sequence

_DELIMITERS: Final = ",\t;"


class RecordShape:
    """The delimiter, and how many fields a record has; the first record fitted sets that."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.width = 0
        self._named = 0

    def fitted(self, fields: list[str]) -> list[str]:
        """The fields without those empty ones, or with, that make them as many as the first record's, if it can be."""
        if not self.width:
            self.width = len(fields)
            self._named = len(_without_empty_end(fields, 0))
        fields = _without_empty_end(fields, self.width)
        if self._named <= len(fields) < self.width:
            fields = fields + [""] * (self.width - len(fields))
        return fields

    def parse_line(self, line: str) -> list[str]:
        """The fields of a line taken alone, quotes amid a field forgiven."""
        return next(csv.reader([line], delimiter=self.delimiter, skipinitialspace=True), [])

    def is_suspect(self, fields: list[str], record: list[str]) -> bool:
        """Whether in a record of several lines a quote left open may have run on into the rows after it.

        One of the right width is suspect only if its last line is a row whose last cell opens there.
        """
        if len(record) == 1 or not self.width:
            return False
        return not self._fits(fields) or (self._opens_a_cell(record[-1]) and self._fits(self.parse_line(record[-1])))

    def find_row_after_first_line(self, record: list[str]) -> int:
        """The index of the line where rows seem to begin again, 0 if none does.

        Prose may have the right number of commas by chance: a line that fits counts if the next one fits too, or
        if it is the last, which is where an open quote met the quote of another row.
        """
        fits = [self._fits(self.parse_line(line)) for line in record]
        fits[-1] = fits[-1] or self._opens_a_cell(record[-1])
        return next((at for at in range(1, len(fits)) if all(fits[at : at + 2])), 0)

    def _opens_a_cell(self, line: str) -> bool:
        line = line.rstrip()
        return line.endswith('"') and line[:-1].rstrip(" ").endswith(self.delimiter)

    def rows_in(self, fields: list[str], text: str) -> list[str]:
        """The rows of a misfit in which a break that ends no row elsewhere ends one; none where it is mere text."""
        if self._fits(fields):
            return []
        rows = ODD_BREAK.split(text)
        return rows if len(rows) > 1 and all(self._fits(self.parse_line(row)) for row in rows) else []

    def _fits(self, fields: list[str]) -> bool:
        return len(self.fitted(fields)) == self.width


def _without_empty_end(fields: list[str], width: int) -> list[str]:
    end = len(fields)
    while end > width and not fields[end - 1].strip():
        end -= 1
    return fields[:end]


def sniff_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that splits the first row, and most rows into as many fields (or one more, by a trailing one)."""
    filled = [line for line in lines if not line.isspace()]

    def agreement(delimiter: str) -> tuple[bool, int, int]:
        widths = [len(fields) for fields in csv.reader(filled, delimiter=delimiter, skipinitialspace=True)]
        first = widths[0] if widths else 0
        return first > 1, sum(width - first in {0, 1} for width in widths), first

    return max(_DELIMITERS, key=agreement)
