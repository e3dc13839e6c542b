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
"""MySQL's escapes by letter; the breaks as `ODD_BREAK`, since they end no line."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    r"""What stands between the fields, and whether databases wrote it: with a backslash before what it would end.

    MySQL and PostgreSQL write `\"`, `\n`, `\N`; and most of their exports have no `quotes` around a field.
    """

    delimiter: str
    escapes: bool = False
    quotes: bool = True

    def reader(self, lines: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
        """Python's `csv.reader` in this dialect, a space before a quote left out, fields as long as may be."""
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
        """The text as `reader` reads it right: of the escapes it knows only those of the character itself."""
        return _ESCAPE.sub(lambda match: _MEANT.get(match[1], match[0]), text) if self.escapes else text


def excel_delimiter(line: str) -> str:
    """The delimiter a first line `sep=;` names, which Excel reads and writes; empty if it is no such line."""
    match = _EXCEL_LINE.match(line)
    return match["delimiter"] if match else ""


def sniff_dialect(lines: Sequence[str]) -> Dialect:
    """The dialect that splits the first row, and most rows into as many fields, but for a delimiter at an end."""
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
    """How many fields each record has; 0 if a quote is not where it belongs, as one that a backslash escapes.

    Nothing is said of a last record with an error: its end may not be among the lines.
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
