from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.read.csv.lines import ODD_BREAK, restore_breaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.read.csv.dialect import Dialect


@dataclass(frozen=True, kw_only=True)
class RecordShape:
    """The dialect of a table and how many fields its records have, by which a record can be judged.

    Attributes:
        dialect: how the fields are parted.
        width: the number of fields of the first record.
        named: the number of those up to the last that is not empty; other records may be as short.
    """

    dialect: Dialect
    width: int
    named: int

    @classmethod
    def of_first_record(cls, fields: list[str], dialect: Dialect) -> RecordShape:
        """The shape that the first record sets for the others."""
        return cls(dialect=dialect, width=len(fields), named=len(_without_empty_end(fields, 0)))

    def fitted(self, fields: list[str]) -> list[str]:
        """The fields with empty ones dropped from or added to the end until they are `width`, where that suffices."""
        if len(fields) > self.width:
            return _without_empty_end(fields, self.width)
        if self.named <= len(fields) < self.width:
            return fields + [""] * (self.width - len(fields))
        return fields

    def fits(self, fields: list[str]) -> bool:
        """Whether there are `width` fields, or can be."""
        return len(self.fitted(fields)) == self.width

    def line_fits(self, line: str) -> bool:
        """Whether a line is a record by itself."""
        return self.fits(self.dialect.split(line))

    def opens_a_cell(self, text: str) -> bool:
        """Whether the text ends where the last cell of a record has a quote and nothing else."""
        end = text[-100:].rstrip()
        return end.endswith('"') and end[:-1].rstrip(" ").endswith(self.dialect.delimiter)

    def is_suspect(self, fields: list[str], lines: Sequence[str]) -> bool:
        """Whether a quote left open may have joined the records after it to this one, which is on several lines.

        A record of the right width is suspect only if its last line is a record whose last cell opens there.
        """
        if len(lines) == 1:
            return False
        return not self.fits(fields) or (self.opens_a_cell(lines[-1]) and self.line_fits(lines[-1]))

    def find_record_after_first_line(self, lines: Sequence[str]) -> int:
        """The index of the line where records seem to begin again, 0 if none does.

        Prose may have the right number of commas by chance. So a line that fits counts if the next one fits too, or
        if it is the last, where the open quote met the quote of another record.
        """
        fits = [self.line_fits(line) for line in lines]
        fits[-1] = fits[-1] or self.opens_a_cell(lines[-1])
        return next((at for at in range(1, len(fits)) if all(fits[at : at + 2])), 0)

    def with_odd_breaks_as_ends(self, text: str) -> str:
        """The text with each `ODD_BREAK` turned into an end of a record; '' unless each piece is a record then."""
        pieces = ODD_BREAK.split(text)
        return restore_breaks(text) if len(pieces) > 1 and all(map(self.line_fits, pieces)) else ""


def _without_empty_end(fields: list[str], width: int) -> list[str]:
    """The fields without the empty ones at the end, but no fewer than `width`."""
    end = len(fields)
    while end > width and not fields[end - 1].strip():
        end -= 1
    return fields[:end]
