from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.read.csv.lines import ODD_BREAK, restore_breaks, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.read.csv.dialect import Dialect


class RecordShape:
    """The dialect, and how many fields a record has; the first record fitted sets that.

    `named` is the first record's fields up to its last that is not empty: rows may be as short.
    """

    def __init__(self, dialect: Dialect, *, width: int = 0, named: int = 0) -> None:
        self.dialect = dialect
        self.width = width
        self.named = named

    def fitted(self, fields: list[str]) -> list[str]:
        """The fields without those empty ones, or with, that make them as many as the first record's, if it can be."""
        if not self.width:
            self.width = len(fields)
            self.named = len(_without_empty_end(fields, 0))
        fields = _without_empty_end(fields, self.width)
        if self.named <= len(fields) < self.width:
            fields = fields + [""] * (self.width - len(fields))
        return fields

    def fits(self, fields: list[str] | None) -> bool:
        """Whether these are as many fields as the first record's, or can be made so."""
        return fields is not None and len(self.fitted(fields)) == self.width

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Reads records; strict, since a quote that closes amid a later row shows as an error alone."""
        return self.dialect.reader(lines, strict=True)

    def parse_line(self, line: str) -> list[str]:
        """The fields of a line taken alone, quotes amid a field forgiven."""
        return next(self.dialect.reader(split_lines(line)), [])

    def opens_a_cell(self, text: str) -> bool:
        """Whether the text ends where the last cell of a row has a quote and nothing else."""
        end = text[-100:].rstrip()
        return end.endswith('"') and end[:-1].rstrip(" ").endswith(self.dialect.delimiter)

    def is_suspect(self, fields: list[str], record: Sequence[str]) -> bool:
        """Whether in a record of several lines a quote left open may have run on into the rows after it.

        One of the right width is suspect only if its last line is a row whose last cell opens there.
        """
        if len(record) == 1:
            return False
        return not self.fits(fields) or (self.opens_a_cell(record[-1]) and self.fits(self.parse_line(record[-1])))

    def find_row_after_first_line(self, record: Sequence[str]) -> int:
        """The index of the line where rows seem to begin again, 0 if none does.

        Prose may have the right number of commas by chance: a line that fits counts if the next one fits too, or
        if it is the last, which is where an open quote met the quote of another row.
        """
        fits = [self.fits(self.parse_line(line)) for line in record]
        fits[-1] = fits[-1] or self.opens_a_cell(record[-1])
        return next((at for at in range(1, len(fits)) if all(fits[at : at + 2])), 0)

    def rows_in(self, text: str) -> str:
        """The text with a break at the end of each row, if breaks that end no row elsewhere do so in all of it."""
        rows = ODD_BREAK.split(text)
        return restore_breaks(text) if len(rows) > 1 and all(self.fits(self.parse_line(row)) for row in rows) else ""


def _without_empty_end(fields: list[str], width: int) -> list[str]:
    end = len(fields)
    while end > width and not fields[end - 1].strip():
        end -= 1
    return fields[:end]
