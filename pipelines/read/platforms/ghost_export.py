from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from pipelines.posts.post import HTML, PLAIN, RawPost, Reject
from pipelines.read.fields.cells import Cell, cell_of
from pipelines.read.fields.record import post_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_INTERNAL: Final = "#"
"""The sign that begins the names of internal tags, which readers never see."""

_YES: Final = frozenset({"1", "true"})


def ghost_tables(value: Any) -> dict[str, Any]:
    """The tables of a Ghost export by name; empty for any other value. Ghost 0.x writes no `db` around them."""
    databases = value.get("db", [value]) if isinstance(value, dict) else []
    for database in databases if isinstance(databases, list) else [databases]:
        tables = database.get("data") if isinstance(database, dict) else None
        if isinstance(tables, dict) and isinstance(tables.get("posts"), list):
            return tables
    return {}


def read_ghost_export(tables: Mapping[str, Any], *, source: str) -> Iterator[RawPost | Reject]:
    """Reads the posts of a Ghost export: their HTML, or else their plain text; pages and drafts are rejects."""
    authors = _names_by_post(tables, "posts_authors", "author_id", "users")
    tags = _names_by_post(tables, "posts_tags", "tag_id", "tags")
    users = _names(tables, "users")
    for position, row in enumerate(_rows(tables, "posts"), start=1):
        texts = {name: _text(row.get(name)) for name in ("html", "plaintext", "type", "status", "published_at")}
        post_id = _text(row.get("id"))
        cells: dict[str, Cell] = {
            "id": post_id,
            "title": _text(row.get("title")),
            "author": authors[post_id] or [users.get(_text(row.get("author_id")), "")],
            "date": texts["published_at"] or _text(row.get("created_at")),
            "tags": [tag for tag in tags[post_id] if not tag.startswith(_INTERNAL)],
            "content": texts["html"] or texts["plaintext"],
            "status": texts["status"],
            "type": "page" if _text(row.get("page")).lower() in _YES else texts["type"],
        }
        post = post_of(cells, source=source, position=position)
        kind = HTML if texts["html"] else PLAIN
        yield replace(post, content_kind=kind) if isinstance(post, RawPost) else post


def _names_by_post(tables: Mapping[str, Any], links: str, key: str, named: str) -> defaultdict[str, list[str]]:
    names = _names(tables, named)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for link in sorted(_rows(tables, links), key=lambda link: _number(link.get("sort_order"))):
        if name := names.get(_text(link.get(key))):
            found[_text(link.get("post_id"))].append(name)
    return found


def _names(tables: Mapping[str, Any], table: str) -> dict[str, str]:
    return {_text(row.get("id")): _text(row.get("name")) for row in _rows(tables, table)}


def _rows(tables: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    rows = tables.get(table)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _text(value: Any) -> str:
    cell = cell_of(value)
    return cell if isinstance(cell, str) else ""


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
