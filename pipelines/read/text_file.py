from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipelines.posts import EXCERPT_CHARACTERS, HTML, MARKDOWN, RawPost, Reject
from pipelines.read.charset import charset_of
from pipelines.read.content_kinds import kind_of_text
from pipelines.read.dates import date_in_name, iso_date
from pipelines.read.decoding import decode
from pipelines.read.front_matter import parse_front_matter
from pipelines.read.html_page import PageFacts, page_facts
from pipelines.read.kinds import without_suffix
from pipelines.read.lists import split_labels, split_names, unique
from pipelines.read.publication import is_published

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.read.cells import Cell

_AUTHOR_KEYS = ("authors", "author", "byline")
_DATE_KEYS = ("date", "published_at", "published", "publishdate", "pubdate", "post_date", "created")
_CATEGORY_KEYS = ("category", "categories", "topic", "topics")
_TAG_KEYS = ("tag", "tags", "keywords")
_PUBLISHED_KEYS: dict[str, str | None] = {"draft": "true", "published": "false", "status": None}
"""What a key says of a post that is not published; None: as in an export's column."""

_HEADING = re.compile(r"(?:[ \t]*\n)*#[ \t]+(?P<title>.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_SLUG_GAPS = re.compile(r"[-_\s]+")


def read_text_file(data: bytes, *, source: str, content_kind: str = "") -> RawPost | Reject:
    """The post in one text file, its front matter left out of the body even if it is broken.

    Its metadata is the front matter's; where that is silent, what a page says (see `page_facts`). Else the title is
    the first line if it is a heading of Markdown (which then leaves the body) or the words of the file name, and the
    date that of the name.

    Args:
        data: the file's bytes.
        source: the file's path relative to its input, with '/'; without its suffix it is the post's id.
        content_kind: what the content is written in, '' if the file is to tell.
    """
    post_id = without_suffix(source)
    is_html = (content_kind or kind_of_text(source, {})) == HTML
    decoded = decode(data, charset=charset_of(data, is_html=is_html))
    if decoded.undecodable:
        return _reject(source, post_id, "undecodable bytes", decoded.text)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in decoded.text else decoded.text
    front_matter = parse_front_matter(text)
    fields, body = front_matter.fields, front_matter.body
    kind = content_kind or kind_of_text(source, fields)
    page = page_facts(body) if kind == HTML else PageFacts(content=body)
    body = page.content
    title = "".join(_listed(fields, ("title",))[:1])
    if not title and kind == MARKDOWN and (heading := _HEADING.match(body)):
        title, body = heading["title"], body[heading.end() :]
    if not body.strip("\ufeff \t\n"):
        return _reject(source, post_id, "empty body", text)
    if unpublished := _unpublished(fields):
        return _reject(source, post_id, "not published", body.strip(), value=unpublished)
    path = post_id.removesuffix("/index").removesuffix("/_index")  # a post that is a folder is named by it
    return RawPost(
        source=source,
        position=0,
        post_id=post_id,
        content=body.lstrip("\ufeff\n").rstrip(),
        title=title or page.title or _words(path),
        author=", ".join(_author(fields) or split_names(page.author)),
        date=next(filter(None, map(iso_date, _listed(fields, _DATE_KEYS))), "") or page.date or date_in_name(path)[0],
        category=_labels(fields, _CATEGORY_KEYS) or page.category,
        tags=_labels(fields, _TAG_KEYS) or page.tags,
        front_matter_error=front_matter.error,
        content_kind=kind,
        charset=decoded.charset,
    )


def _unpublished(fields: dict[str, Cell]) -> str:
    """What says that the post is a draft (Hugo, Zola, Jekyll); empty if nothing does."""
    for key, says in _PUBLISHED_KEYS.items():
        for value in _listed(fields, (key,)):
            if value.lower() == says or (says is None and not is_published(value)):
                return f"{key}: {value}"
    return ""


def _listed(fields: dict[str, Cell], keys: Sequence[str]) -> list[str]:
    values = (fields.get(key, "") for key in keys)
    return [item for value in values for item in ([value] if isinstance(value, str) else value) if item]


def _author(fields: dict[str, Cell]) -> tuple[str, ...]:
    key = next((key for key in _AUTHOR_KEYS if fields.get(key)), "")
    return unique(name for item in _listed(fields, (key,)) for name in split_names(item))


def _labels(fields: dict[str, Cell], keys: Sequence[str]) -> tuple[str, ...]:
    """Items of a list stand as they are; a string is split as a cell is."""
    values = [fields[key] for key in keys if key in fields]
    return unique(label for value in values for label in (split_labels(value) if isinstance(value, str) else value))


def _words(path: str) -> str:
    _, slug = date_in_name(PurePosixPath(path).name)
    return _SLUG_GAPS.sub(" ", slug).strip()


def _reject(source: str, post_id: str, reason: str, text: str, *, value: str = "") -> Reject:
    return Reject(
        source=source,
        position=0,
        post_id=post_id,
        stage="read",
        reason=reason,
        value=value,
        excerpt=text[:EXCERPT_CHARACTERS],
    )
