"""Posts and rejects as they pass through the pipeline, and the Arrow columns that store them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

PARAGRAPH, HEADING, LIST_ITEM, QUOTE = "paragraph", "heading", "list_item", "quote"
CODE, TABLE, LINK = "code", "table", "link"
VARIED_KINDS = frozenset({PARAGRAPH, LIST_ITEM, QUOTE})
"""Kinds whose words may be varied; every other kind is kept byte for byte."""


PLAIN, MARKDOWN, HTML, WORDPRESS, LIGHT = "plain", "markdown", "html", "wordpress", "light"
CONTENT_KINDS = (PLAIN, MARKDOWN, HTML, WORDPRESS)
"""The formats of a post's content. WORDPRESS is HTML with shortcodes, in which blank lines end paragraphs. LIGHT is the
light Markdown that this package writes, in which nothing is ever escaped."""


class Block(NamedTuple):
    """One block of a post: its kind and its light Markdown, marker included (`## `, `- `, `> `, fences)."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RawPost:
    """A post as read from its source, before cleaning.

    `position` is 0 for a whole file, and the 1-based number of the record (header not counted) in an export.
    `date_other`, `date_mark` and `date_order` are those of `dates.Day`; `date_unread` is a date that was not
    understood. `content_kind` is empty if the source as a whole decides it. `charset` is the encoding that the bytes
    were decoded from, empty for UTF-8.
    """

    source: str
    position: int
    post_id: str
    content: str
    title: str = ""
    author: str = ""
    date: str = ""
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    front_matter_error: str = ""
    date_other: str = ""
    date_mark: str = ""
    date_order: str = ""
    date_unread: str = ""
    content_kind: str = ""
    charset: str = ""


@dataclass(frozen=True, kw_only=True)
class Reject:
    """A row that was read and rejected, with the reason, the measured value and the threshold it missed."""

    source: str
    position: int
    stage: str
    reason: str
    post_id: str = ""
    value: str = ""
    threshold: str = ""
    excerpt: str = ""


EXCERPT_CHARACTERS = 200
"""Most characters of a reject's excerpt."""


def site_of(source: str, position: int) -> str:
    """Returns the site of a post: the export that it is a record of, or the folder that contains its file.

    For a post that has a folder of its own (`posts/tea/index.md`, a page bundle of Hugo or Jekyll), it is the folder
    above.
    """
    if position:
        return source
    folder, _, name = source.rpartition("/")
    if name.partition(".")[0] in {"index", "_index"}:
        folder = folder.rpartition("/")[0]
    return folder or "."


def text_of(blocks: list[Block]) -> str:
    """Returns a post's blocks as one text, with a blank line between blocks, but not between list items."""
    if len(blocks) == 1:
        return blocks[0].text
    parts: list[str] = []
    for before, block in zip([None, *blocks], blocks, strict=False):
        if before is not None:
            same_list = before.kind == block.kind == LIST_ITEM
            parts.append("\n" if same_list else "\n\n")
        parts.append(block.text)
    return "".join(parts)
