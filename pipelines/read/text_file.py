from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipelines.posts.post import EXCERPT_CHARACTERS, HTML, MARKDOWN, RawPost, Reject
from pipelines.read.charsets.charset import charset_of
from pipelines.read.charsets.decoding import decode_file
from pipelines.read.content_kinds import kind_of_text
from pipelines.read.fields.dates import date_fields, date_in_name
from pipelines.read.fields.lists import split_labels, split_names, unique
from pipelines.read.fields.missing import known_text
from pipelines.read.fields.publication import comparable, is_published, says_no, says_yes
from pipelines.read.files.file_kinds import without_suffix
from pipelines.read.front_matter import parse_front_matter
from pipelines.read.html_page import PageFacts, page_facts
from pipelines.read.platforms.platform_pages import platform_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.read.fields.cells import Cell

_AUTHOR_KEYS = ("authors", "author", "byline")
_DATE_KEYS = (
    *("date", "published_at", "publishedat", "published", "publishdate", "publish_date", "pubdate", "pub_date"),
    *("datepublished", "date_published", "post_date", "posted", "created", "created_at", "createdat"),
)
_CATEGORY_KEYS = ("category", "categories", "topic", "topics")
_TAG_KEYS = ("tag", "tags", "keywords")
_DRAFT_KEYS = frozenset("draft isdraft wip private isprivate hidden unlisted eleventyexcludefromcollections".split())
_PUBLISHED_KEYS = frozenset({"published", "ispublished", "publish"})
_STATUS_KEYS = frozenset({"status", "poststatus", "state", "visibility"})

_HEADING = re.compile(r"(?:(?:import\b[^\n]*|[ \t]*)\n)*#[ \t]+(?P<title>.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_NOTION = re.compile(r"[ _-]?[0-9a-f]{32}(?:\.[a-z]+)?\Z")
"""The id at the end of the name of a page that Notion exports."""

_PROPERTY = re.compile(r"(?P<key>[^\W\d_][^\n:]{0,40}): (?P<value>\S.*)(?:\n|\Z)")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SLUG_GAPS = re.compile(r"[-_\s]+")


def read_text_file(data: bytes, *, source: str, content_kind: str = "") -> RawPost | Reject:
    """Reads the post in one text file; its front matter, even a broken one, is no part of the body.

    Metadata come from the front matter, else from the HTML page (see `page_facts`). Else the title is the first line
    if that is a heading of Markdown, which is taken out of the body, or the words of the file's name; the date is the
    one in the name.

    Args:
        data: the file's bytes.
        source: the file's path relative to its input, with '/'; without its suffix it is the post's id.
        content_kind: what the content is written in, '' to tell it by the file.
    """
    post_id = without_suffix(source)
    is_html = (content_kind or kind_of_text(source, {})) == HTML
    decoded = decode_file(data, charset=charset_of(data, is_html=is_html))
    if decoded.undecodable:
        return _reject(source, post_id, "undecodable bytes", decoded.text)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in decoded.text else decoded.text
    front_matter = parse_front_matter(text)
    fields, body = front_matter.fields, front_matter.body
    kind = content_kind or kind_of_text(source, fields)
    platform = platform_page(body) if kind == HTML else None
    page = platform or (page_facts(body) if kind == HTML else PageFacts(content=body))
    body = page.content
    title = "".join(_listed(fields, ("title",))[:1])
    if not title and kind == MARKDOWN and (heading := _HEADING.match(body)):
        title, body = heading["title"], body[heading.end() :]
        if _NOTION.search(post_id):
            fields, body = _notion_properties(fields, body)
    if not body.strip("\ufeff \t\n"):
        return _reject(source, post_id, "empty body", text)
    if platform and platform.refused:
        return _reject(source, post_id, platform.refused[0], title or platform.title, value=platform.refused[1])
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
        **date_fields(_listed(fields, _DATE_KEYS), otherwise=page.date or date_in_name(path)[0]),
        category=_labels(fields, _CATEGORY_KEYS, is_jekyll=_is_jekyll(fields, path)) or page.category,
        tags=_labels(fields, _TAG_KEYS, is_jekyll=_is_jekyll(fields, path)) or page.tags,
        front_matter_error=front_matter.error,
        content_kind=kind,
        charset=decoded.charset,
    )


def _unpublished(fields: dict[str, Cell]) -> str:
    """The field that says that the post is not public (Hugo, Zola, Jekyll, Pelican, Astro); '' if none does."""
    for key in fields:
        name = comparable(key)
        for value in _listed(fields, (key,)):
            if (
                (name in _DRAFT_KEYS and says_yes(value))
                or (name in _PUBLISHED_KEYS and says_no(value))
                or (name in _STATUS_KEYS and not is_published(value))
            ):
                return f"{key}: {value}"
    return ""


def _listed(fields: dict[str, Cell], keys: Sequence[str]) -> list[str]:
    values = (fields.get(key, "") for key in keys)
    return [item for value in values for item in ([value] if isinstance(value, str) else value) if known_text(item)]


def _author(fields: dict[str, Cell]) -> tuple[str, ...]:
    key = next((key for key in _AUTHOR_KEYS if fields.get(key)), "")
    return unique(name for item in _listed(fields, (key,)) for name in split_names(item))


def _labels(fields: dict[str, Cell], keys: Sequence[str], *, is_jekyll: bool) -> tuple[str, ...]:
    """The labels under these keys: items of a list as they are, a string split as a cell, or at spaces as in Jekyll."""
    found: list[str] = []
    for key in keys:
        value = fields.get(key, "")
        if isinstance(value, str):
            labels = split_labels(value) if known_text(value) else ()
            words = value.split()
            are_slugs = all(_SLUG.fullmatch(word) for word in words)
            found += words if len(labels) == 1 and key.endswith("s") and (is_jekyll or are_slugs) else labels
        else:
            found += filter(known_text, value)
    return unique(found)


def _is_jekyll(fields: dict[str, Cell], path: str) -> bool:
    """Whether the post is one of Jekyll's, which splits `categories` and `tags` at spaces."""
    return "layout" in fields or "_posts/" in path


def _notion_properties(fields: dict[str, Cell], body: str) -> tuple[dict[str, Cell], str]:
    """The fields with those that Notion writes in lines `Name: value` below the title, and the text after them."""
    found = dict(fields)
    at = len(body) - len(body.lstrip("\n"))
    begin = at
    while line := _PROPERTY.match(body, at):
        found.setdefault(line["key"].strip().lower(), " ".join(line["value"].split()))
        at = line.end()
    is_block = at > begin and (at == len(body) or body.startswith("\n", at))
    return (found, body[at:]) if is_block else (fields, body)


def _words(path: str) -> str:
    path = _NOTION.sub("", path)
    name = PurePosixPath(path).name
    day, slug = date_in_name(name)
    if not day and (rest := date_in_name(path)[1]) != name and name.endswith(rest):  # `2021/09/10-a.md`
        slug = rest
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
