from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipelines.posts.post import EXCERPT_CHARACTERS, RawPost, Reject
from pipelines.read.fields.dates import date_fields
from pipelines.read.fields.lists import split_labels, split_names, unique
from pipelines.read.fields.missing import known_text
from pipelines.read.fields.publication import comparable, is_post, is_published, says_yes
from pipelines.read.files.file_kinds import without_suffix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "id": ("variation_id", "post_id", "id", "article_id", "uuid", "guid"),
    "title": ("title", "post_title", "headline", "subject", "article_title", "blog_title", "heading", "web_title"),
    "author": (
        *("author", "authors", "post_author", "author_name", "author_username", "author_display_name"),
        *("primary_author", "creator", "dc_creator", "byline", "writer", "blogger", "username"),
    ),
    "date": (
        *("date", "post_date", "published_at", "publish_date", "published_date", "pub_date", "date_published"),
        *("publication_date", "published_on", "publish_time", "first_published_at", "posted_at", "posted_on"),
        *("post_date_gmt", "date_gmt", "datetime", "created_at", "date_created", "created", "timestamp", "published"),
    ),
    "category": (
        *("category", "categories", "post_category", "post_categories", "category_name", "topic", "topics"),
        *("section", "primary_tag", "main_category", "primary_category"),
    ),
    "tags": ("tags", "tag", "post_tag", "post_tags", "tag_list", "labels", "keywords", "hashtags", "content_tags"),
    "content": (
        *("content", "post_content", "body", "html", "body_html", "content_html", "plaintext", "text"),
        *("content_encoded", "full_text", "article", "article_text", "article_body", "article_content"),
        *("post_body", "post_text", "blog_content", "blog_text", "blog_post", "body_text", "contents"),
        *("html_content", "content_text", "plain_content", "body_markdown", "content_markdown", "markdown", "caption"),
    ),
    "status": ("post_status", "status", "is_published", "published", "state", "visibility"),
    "draft": ("draft", "is_draft"),
    "archived": ("archived", "is_archived"),
    "type": ("post_type", "type", "kind"),
}
"""The names of each field's column in exports of WordPress, Ghost, Medium, Blogger, Substack and Kaggle, best first.

`published` is a date in one export and a yes or no in another. It is read as both, since no value is of both kinds.
"""

_PLACES: Final = {
    field: {comparable(alias): place for place, alias in enumerate(aliases)} for field, aliases in ALIASES.items()
}
_ABOUT_WRITERS: Final = frozenset({"gender", "age", "sign"})


def find_fields(names: Sequence[str]) -> dict[str, int]:
    """The index of each field's column, for the fields that have a column of a usual name.

    In a table about writers (the Blog Authorship Corpus: `id,gender,age,topic,sign,date,text`) `id` is the author's.
    """
    known = [comparable(name) for name in names]
    fields: dict[str, int] = {}
    for field, places in _PLACES.items():
        if found := [at for at, name in enumerate(known) if name in places]:
            fields[field] = min(found, key=lambda at: places[known[at]])
    if len(_ABOUT_WRITERS.intersection(known)) > 1 and "id" in fields and known[fields["id"]] == "id":
        writer = fields.pop("id")
        fields.setdefault("author", writer)
    return fields


def find_named_fields(names: Sequence[str], *, columns: Mapping[str, str] | None) -> dict[str, int]:
    """The index of each field's column, given in `columns` by name or number (from 1), or else of a usual name."""
    places = {comparable(name): place for place, name in reversed(list(enumerate(names)))}
    asked: dict[str, int] = {}
    for field, column in (columns or {}).items():
        if comparable(column) in places:
            asked[field] = places[comparable(column)]
        elif column.isdecimal() and int(column) <= len(names):
            asked[field] = int(column) - 1
    free = ["" if place in asked.values() else name for place, name in enumerate(names)]
    return find_fields(free) | asked


def post_of(
    cells: Mapping[str, str | Sequence[str]], *, source: str, position: int, content_kind: str = ""
) -> RawPost | Reject:
    """Makes a post of a record's cells, or a reject that says why it is none.

    Args:
        cells: by field of `ALIASES`, each optional; an author, category or tags may be a list of them.
        source: the file's path relative to its input, with '/'; without its suffix it begins the id of a post
            that has none.
        position: the 1-based number of the record.
        content_kind: what the content is written in, '' if that is not known.
    """
    post_id = _text(cells, "id").strip() or f"{without_suffix(source)}-{position}"
    title = " ".join(_text(cells, "title").split())
    content, status, kind = (_text(cells, field) for field in ("content", "status", "type"))

    def reject(reason: str, value: str = "") -> Reject:
        return Reject(
            source=source,
            position=position,
            stage="read",
            reason=reason,
            post_id=post_id,
            value=value.strip(),
            excerpt=title[:EXCERPT_CHARACTERS],
        )

    if kind and not is_post(kind):
        return reject("not a post", kind)
    if status and not is_published(status):
        return reject("not published", status)
    for field in ("draft", "archived"):
        if field in cells and says_yes(_text(cells, field)):
            return reject("not published", field)
    if not content or content.isspace():
        return reject("empty content")
    return RawPost(
        source=source,
        position=position,
        post_id=post_id,
        content=content,
        title=title,
        author=", ".join(_names(cells.get("author", ""))),
        **date_fields([_text(cells, "date")]),
        category=_labels(cells.get("category", "")),
        tags=_labels(cells.get("tags", "")),
        content_kind=content_kind,
    )


def _text(cells: Mapping[str, str | Sequence[str]], field: str) -> str:
    cell = cells.get(field)
    if not cell:
        return ""
    return known_text(cell) if isinstance(cell, str) else " ".join(filter(known_text, cell))


def _names(cell: str | Sequence[str]) -> tuple[str, ...]:
    if isinstance(cell, str):
        return split_names(known_text(cell))
    return unique(name for item in filter(known_text, cell) for name in split_names(item))


def _labels(cell: str | Sequence[str]) -> tuple[str, ...]:
    """The labels in a cell: the items of a list as they are, or the parts of a string."""
    return split_labels(known_text(cell)) if isinstance(cell, str) else unique(filter(known_text, cell))
