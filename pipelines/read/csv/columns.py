from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipelines.errors import UserError
from pipelines.read.content_kinds import kind_of_column
from pipelines.read.csv.headerless import infer_fields, is_data
from pipelines.read.fields.publication import comparable
from pipelines.read.fields.record import ALIASES, find_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SUBSTACK_LIST: Final = frozenset({"postid", "postdate", "ispublished", "podcasturl"})

log = logging.getLogger("blogvae")


@dataclass(frozen=True, kw_only=True)
class ColumnLayout:
    """Where a table keeps the fields of a post.

    Attributes:
        positions: the index of the column by field.
        has_header: whether the first row is a header.
        content_kind: what the content is written in by the columns' names, '' if they do not say.
    """

    positions: Mapping[str, int]
    has_header: bool
    content_kind: str = ""


def parse_columns(spec: str) -> dict[str, str]:
    """Parses `content=body,title=2` to a mapping from field to column name, or to column number from 1.

    Raises:
        UserError: for a part that is not FIELD=COLUMN, an unknown field, or a field given twice.
    """
    columns: dict[str, str] = {}
    for part in spec.split(","):
        field, _, column = (side.strip() for side in part.partition("="))
        if field not in ALIASES or not column.strip("0"):
            known = ", ".join(ALIASES)
            raise UserError(
                f"--columns {spec}: {part!r} is not FIELD=COLUMN (name, or number from 1) with FIELD of {known}"
            )
        if field in columns:
            raise UserError(f"--columns {spec}: {field} is given twice; keep one")
        columns[field] = column
    return columns


def find_layout(
    first_row: Sequence[str], *, rows: Sequence[Sequence[str]] = (), columns: Mapping[str, str] | None, source: str
) -> ColumnLayout:
    """Finds the columns given by `columns`, then those of usual names, or without a header by what the first rows hold.

    A file whose columns are all given by number has no header, unless its first row names the content's column.

    Raises:
        UserError: a column asked for is not there, or none holds the content.
    """
    names = [comparable(name) for name in first_row]
    asked = {field: _position(column, names, first_row, source=source) for field, column in (columns or {}).items()}
    by_number = all(column.isdecimal() for column in (columns or {}).values())
    if by_number and "content" in asked and "content" not in find_fields([first_row[asked["content"]]]):
        return ColumnLayout(positions=asked, has_header=False)
    if by_number and is_data(first_row):
        positions = infer_fields([first_row, *rows]) | asked
        if "content" in positions:
            guesses = ", ".join(f"{column + 1} as {field}" for field, column in positions.items())
            log.info("%s: no header row; took column %s; if that is wrong, say it with --columns", source, guesses)
            return ColumnLayout(positions=positions, has_header=False)
    free = [name if place not in asked.values() else "" for place, name in enumerate(first_row)]
    positions = find_fields(free) | asked
    if "content" not in positions and _SUBSTACK_LIST.issubset(names):
        log.warning("%s: Substack keeps the texts beside this list; give its posts folder", source)
    elif "content" not in positions:
        raise UserError(
            f"{source}: no content column among {_listed(first_row)}; name it with --columns content=NAME,"
            " or by number (--columns content=4) if the file has no header row"
        )
    kind = kind_of_column(first_row[positions["content"]], first_row) if "content" in positions else ""
    return ColumnLayout(positions=positions, has_header=True, content_kind=kind)


def _position(column: str, names: Sequence[str], first_row: Sequence[str], *, source: str) -> int:
    if column.isdecimal() and int(column) <= len(names):
        return int(column) - 1
    if comparable(column) in names:
        return names.index(comparable(column))
    raise UserError(f"{source}: no column {column} among {_listed(first_row)}; correct --columns")


def _listed(first_row: Sequence[str]) -> str:
    return ", ".join(" ".join(cell.split())[:40] or "(blank)" for cell in first_row[:20])
