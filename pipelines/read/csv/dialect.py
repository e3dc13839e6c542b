from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from operator import length_hint
from typing import TYPE_CHECKING, Final

from pipelines.read.csv.lines import restore_breaks, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_FIELD_LIMIT: Final = 1 << 30  # the limit of the record is the one that counts
_EXCEL_LINE = re.compile(r"\A\"?sep=(?P<delimiter>.)\"?[\r\n]*\Z", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MEANT: Final = {"n": "\ud80a", "r": "\ud80d", "t": "\\\t", "0": "", "N": "", "Z": ""}
"""What MySQL's escapes mean, by letter; line breaks become `ODD_BREAK`, since they end no line."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    r"""How the fields of a table are separated, quoted and escaped.

    MySQL and PostgreSQL escape with a backslash (`\"`, `\n`, `\N`); most of their exports have no `quotes`.
    """

    delimiter: str
    escapes: bool = False
    quotes: bool = True

    def reader(self, lines: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
        """Python's `csv.reader` for this dialect; it drops a space before a quote and takes fields of any length."""
        csv.field_size_limit(_FIELD_LIMIT)
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            escapechar="\\" if self.escapes else None,
            quoting=csv.QUOTE_MINIMAL if self.quotes else csv.QUOTE_NONE,
            skipinitialspace=self.quotes,
            strict=strict,
        )

    def split(self, line: str) -> list[str]:
        """The fields of a line taken by itself; a quote amid a field is forgiven."""
        return next(self.reader(split_lines(line)), [])

    def text(self, text: str) -> str:
        """Decodes the escapes that `csv.reader` does not know, which takes any escaped character for itself."""
        return _ESCAPE.sub(lambda match: _MEANT.get(match[1], match[0]), text) if self.escapes else text


def excel_delimiter(line: str) -> str:
    """The delimiter that a first line `sep=;`, as Excel writes it, names; '' if the line is another."""
    match = _EXCEL_LINE.match(line)
    return match["delimiter"] if match else ""


def sniff_dialect(lines: Sequence[str]) -> Dialect:
    """Guesses the dialect: the one that splits the first row, and most others into as many fields.

    A delimiter at the end of a row is forgiven.
    """
    # Any break may end a row here: where ends are mixed, joined rows would speak for the wrong dialect.
    filled = [line for line in split_lines(restore_breaks("".join(lines))) if not line.isspace()]
    escapes = (False, True) if any("\\" in line for line in filled) else (False,)
    candidates = [Dialect(delimiter=delimiter, escapes=escape) for escape in escapes for delimiter in ",\t;|"]

    def agreement(dialect: Dialect) -> tuple[bool, float, int]:
        first = next(dialect.reader(filled), [])
        named = max((place for place, name in enumerate(first, start=1) if name.strip()), default=0)
        agreeing = [named <= width <= len(first) + 1 for width in _widths(dialect, filled)]
        return len(first) > 1, sum(agreeing) / max(len(agreeing), 1), len(first)

    dialect = max(candidates, key=agreement)
    if dialect.escapes or (dialect.delimiter == "\t" and _is_dump(filled)):
        opened = any(_opens_a_cell(line, dialect) for line in filled[:2])
        either = (replace(dialect, escapes=True, quotes=quotes) for quotes in (True, False))
        return max(either, key=lambda dialect: (agreement(dialect), dialect.quotes == opened))
    return dialect


def _is_dump(lines: Sequence[str]) -> bool:
    r"""Whether most rows hold line breaks as `\n`: `mysql --batch` and PostgreSQL's `COPY` write one line a row."""
    return sum("\\n" in line for line in lines) > len(lines) / 2


def _opens_a_cell(line: str, dialect: Dialect) -> bool:
    return line.startswith('"') or f'{dialect.delimiter}"' in line


def _widths(dialect: Dialect, lines: Sequence[str]) -> Iterator[int]:
    """The number of fields of each record; 0 if a quote is out of place, as one that a backslash escapes.

    A last record with an error is left out, since its end may not be among the lines.
    """
    left = iter([dialect.text(line) for line in lines])
    reader = dialect.reader(left, strict=True)
    while True:
        try:
            yield len(next(reader))
        except csv.Error:  # noqa: PERF203 - the reader goes on after it
            if not length_hint(left):
                return
            yield 0
        except StopIteration:
            return
