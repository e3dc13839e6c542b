from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipelines.read.fields.dates import iso_date
from pipelines.read.fields.record import find_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WP_POSTS: Final = {"id": 0, "author": 1, "date": 2, "content": 4, "title": 5, "status": 7, "type": 20}
_WP_POSTS_WIDTH: Final = 23
_KEYWORD = re.compile(r"[a-z][a-z0-9_-]*")
_DATE_CHARACTERS: Final = 40
_NAME_CHARACTERS: Final = 100
"""The most characters of a column's name. Longer ones are survey questions, in tables without numbers and dates."""
_CONTENT_CHARACTERS: Final = 25


def is_data(first_row: Sequence[str]) -> bool:
    """Whether a first row is a post and no header: some cell is a number or date, and one is long.

    If a cell is the usual name of a column, the long cell must be longer than any name.
    """
    if _is_wp_posts(first_row):
        return True
    if not any(_is_number(cell) or _is_date(cell) for cell in first_row):
        return False
    longest = max(map(len, first_row))
    named = find_fields(first_row).keys() - {"status", "date"}  # `published` is a status of rows too
    return longest > _NAME_CHARACTERS or (longest >= _CONTENT_CHARACTERS and not named)


def infer_fields(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Infers the columns of a table without header: as WordPress dumps `wp_posts`, or by what they hold.

    The content is at least twice as long as any other column. A date can be read in nearly all rows. A title is
    several words and seldom the same. The result is empty if no column is the content.
    """
    if _is_wp_posts(rows[0]):
        return dict(_WP_POSTS)
    columns = [[cell.strip() for cell in column] for column in zip(*_as_wide_as_first(rows), strict=True)]
    sizes = [sum(map(len, column)) for column in columns]
    by_size = sorted(range(len(columns)), key=lambda at: -sizes[at])
    if len(by_size) < 2 or sizes[by_size[0]] < 2 * sizes[by_size[1]]:
        return {}
    content = by_size[0]
    fields = {"content": content}
    dates = [at for at, column in enumerate(columns) if at != content and _holds(column, _is_date)]
    if dates:
        fields["date"] = dates[0]
    titles = [at for at in by_size[1:] if at not in dates and _holds_titles(columns[at])]
    if titles:
        fields["title"] = titles[0]
    return fields


def _is_wp_posts(row: Sequence[str]) -> bool:
    return (
        len(row) == _WP_POSTS_WIDTH
        and all(_is_number(row[at]) for at in (_WP_POSTS["id"], _WP_POSTS["author"], -1))
        and all(_KEYWORD.fullmatch(row[at]) for at in (_WP_POSTS["status"], _WP_POSTS["type"]))
    )


def _as_wide_as_first(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return [row for row in rows if len(row) == len(rows[0])]


def _is_number(cell: str) -> bool:
    return cell.strip().isdecimal()


def _is_date(cell: str) -> bool:
    return len(cell) <= _DATE_CHARACTERS and bool(iso_date(cell.strip()))


def _is_words(cell: str) -> bool:
    return " " in cell and any(map(str.isalpha, cell))


def _holds_titles(column: Sequence[str]) -> bool:
    return len(set(column)) > 0.8 * len(column) and _holds(column, _is_words, share=0.5)


def _holds(column: Sequence[str], test: Callable[[str], bool], *, share: float = 0.9) -> bool:
    filled = [cell for cell in column if cell]
    return bool(filled) and sum(map(test, filled)) >= share * len(filled)
