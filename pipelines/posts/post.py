"""What a post is on its way through the pipeline, and the Arrow columns it is stored in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

PARAGRAPH, HEADING, LIST_ITEM, QUOTE = "paragraph", "heading", "list_item", "quote"
CODE, TABLE, LINK = "code", "table", "link"
VARIED_KINDS = frozenset({PARAGRAPH, LIST_ITEM, QUOTE})
"""Kinds whose words may be varied; every other kind is kept byte for byte."""


PLAIN, MARKDOWN, HTML, WORDPRESS, LIGHT = "plain", "markdown", "html", "wordpress", "light"
CONTENT_KINDS = (PLAIN, MARKDOWN, HTML, WORDPRESS)
"""What a post's content is written in. WordPress's is HTML with shortcodes, whose blank lines end paragraphs; `LIGHT`
is the light Markdown that this package writes, in which no mark is ever escaped."""


class Block(NamedTuple):
    """One block of a post: its kind and its light Markdown, marker included (`## `, `- `, `> `, fences)."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RawPost:
    """A post as its source gave it, before cleaning.

    `position` is 0 for a whole file and the 1-based number of the record (header not counted) in an export.
    `date_other`, `date_mark` and `date_order` are those of `dates.Day`; `date_unread` is a date not understood.
    `content_kind` is '' where the record alone does not tell: the source as a whole does. `charset` is what its bytes
    were read as, '' for UTF-8.
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
    """A row that was read and not taken, with the reason, the measured value and the threshold it missed."""

    source: str
    position: int
    stage: str
    reason: str
    post_id: str = ""
    value: str = ""
    threshold: str = ""
    excerpt: str = ""


BLOCK_TYPE = pa.struct([("kind", pa.string()), ("text", pa.string())])

METADATA_FIELDS = [
    pa.field("title", pa.string()),
    pa.field("author", pa.string()),
    pa.field("date", pa.string()),
    pa.field("category", pa.list_(pa.string())),
    pa.field("tags", pa.list_(pa.string())),
]

POSTS_SCHEMA = pa.schema(
    [
        pa.field("post_id", pa.string()),
        pa.field("source", pa.string()),
        *METADATA_FIELDS,
        pa.field("text", pa.string()),
        pa.field("language", pa.string()),
        pa.field("front_matter_error", pa.string()),
        pa.field("content_sha256", pa.string()),
        pa.field("split", pa.string()),
        pa.field("blocks", pa.list_(BLOCK_TYPE)),
        pa.field("content_kind", pa.string()),
        pa.field("charset", pa.string()),
    ]
)

REJECTS_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("position", pa.int64()),
        pa.field("post_id", pa.string()),
        pa.field("stage", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("value", pa.string()),
        pa.field("threshold", pa.string()),
        pa.field("excerpt", pa.string()),
    ]
)

EXCERPT_CHARACTERS = 200


def site_of(source: str, position: int) -> str:
    """What holds a post and its neighbours: the export it is a record of, or the folder of its file.

    A post that is a folder (`posts/tea/index.md`, a page bundle of Hugo or Jekyll) is in the folder above.
    """
    if position:
        return source
    folder, _, name = source.rpartition("/")
    if name.partition(".")[0] in {"index", "_index"}:
        folder = folder.rpartition("/")[0]
    return folder or "."


def text_of(blocks: list[Block]) -> str:
    """A post's blocks as one text: list items of one list stand together, all else is a paragraph apart."""
    parts: list[str] = []
    for before, block in zip([None, *blocks], blocks, strict=False):
        if before is not None:
            together = before.kind == block.kind == LIST_ITEM
            parts.append("\n" if together else "\n\n")
        parts.append(block.text)
    return "".join(parts)
