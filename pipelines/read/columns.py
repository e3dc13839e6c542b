from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipelines.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "id": ("variation_id", "post_id", "id", "article_id", "uuid", "guid"),
    "title": ("title", "post_title", "headline", "subject"),
    "author": (
        *("author", "authors", "post_author", "author_name", "author_username", "primary_author"),
        *("creator", "dc_creator", "byline"),
    ),
    "date": (
        *("date", "post_date", "published_at", "published", "publish_date", "published_date", "pub_date", "pubdate"),
        *("date_published", "publication_date", "first_published_at", "created_at", "created", "timestamp"),
    ),
    "category": ("category", "categories", "post_category", "topic", "topics", "section", "primary_tag"),
    "tags": ("tags", "tag", "post_tag", "post_tags", "labels", "keywords"),
    "content": (
        *("content", "post_content", "body", "html", "body_html", "content_html", "plaintext", "text"),
        *("content_encoded", "full_text", "article", "article_text"),
    ),
}
"""Names of each field's column in WordPress, Ghost, Medium, Blogger, Substack and Kaggle exports, the best first."""

_GAPS = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Which column (from 0) holds which field, and whether the file's first row is a header."""

    positions: Mapping[str, int]
    has_header: bool


def parse_columns(spec: str) -> dict[str, str]:
    """`content=body,title=2` as a mapping from field to column name, or to column number from 1.

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


def find_layout(first_row: Sequence[str], *, columns: Mapping[str, str] | None, source: str) -> Layout:
    """Finds the columns by `columns`, then by their usual names.

    A file whose columns are all given by number has no header, unless its first row calls the content's column so.

    Raises:
        UserError: a column asked for is not there, or none holds the content.
    """
    names = [_normalised(name) for name in first_row]
    asked = {field: _position(column, names, first_row, source=source) for field, column in (columns or {}).items()}
    by_number = bool(asked) and all(column.isdecimal() for column in (columns or {}).values())
    if by_number and "content" in asked and names[asked["content"]] not in ALIASES["content"]:
        return Layout(positions=asked, has_header=False)
    taken = set(asked.values())
    positions = dict(asked)
    for field, aliases in ALIASES.items():
        usual = [names.index(alias) for alias in aliases if alias in names]
        if free := [position for position in usual if position not in taken]:
            positions.setdefault(field, free[0])
    if "content" not in positions:
        raise UserError(
            f"{source}: no content column among {_listed(first_row)}; name it with --columns content=NAME,"
            " or by number (--columns content=4) if the file has no header row"
        )
    return Layout(positions=positions, has_header=True)


def _position(column: str, names: Sequence[str], first_row: Sequence[str], *, source: str) -> int:
    if column.isdecimal() and int(column) <= len(names):
        return int(column) - 1
    if _normalised(column) in names:
        return names.index(_normalised(column))
    raise UserError(f"{source}: no column {column} among {_listed(first_row)}; correct --columns")


def _normalised(name: str) -> str:
    return _GAPS.sub("_", name.casefold()).strip("_")


def _listed(first_row: Sequence[str]) -> str:
    return ", ".join(" ".join(cell.split())[:40] or "(blank)" for cell in first_row[:20])
