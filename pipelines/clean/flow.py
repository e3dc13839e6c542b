"""Turns a stream of tags and words into blocks: headings, list items, quotes, code and paragraphs."""

from __future__ import annotations

import re

from pipelines.clean.inline import (
    BREAK,
    IMAGE_EDGE,
    decoded,
    is_only_links,
    one_line,
    without_images,
    without_links,
)
from pipelines.clean.list_markers import ListMarkers
from pipelines.posts.post import CODE, HEADING, LINK, LIST_ITEM, PARAGRAPH, QUOTE, Block

_PARAGRAPH_END = re.compile(rf"{BREAK}\s*{BREAK}[\s{BREAK}]*")
_START = re.compile(r' start="(\d{1,9})"')
_BACKTICKS = re.compile("`+")


class Flow:
    """Collects the blocks of a document, or of one cell of a table, from its tags and words in reading order."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._heading = 0
        self._quotes = 0
        self._markers = ListMarkers()
        self._item_waits = False  # the next words are the first of a list item

    def tag(self, tag: str, attributes: str) -> None:
        """Takes an opening tag or, with a slash, a closing tag; most of them only end a paragraph."""
        match tag:
            case "li" | "/li":
                self._item_waits = tag == "li"
            case "ul" | "menu" | "dir":
                self._markers.open_list(None)
                self._item_waits = False
            case "ol":
                start = _START.search(attributes)
                self._markers.open_list(int(start[1]) if start else 1)
                self._item_waits = False
            case "/ul" | "/menu" | "/dir" | "/ol":
                self._markers.close_list()
            case "blockquote":
                self._quotes += 1
            case "/blockquote":
                self._quotes -= 1
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._heading = int(tag[1])
            case "/h1" | "/h2" | "/h3" | "/h4" | "/h5" | "/h6":
                self._heading = 0

    def words(self, words: str) -> None:
        """Takes a paragraph of light Markdown with encoded entities, or several with two line breaks between them."""
        if BREAK in words and len(parts := _PARAGRAPH_END.split(words)) > 1:
            for part in parts:
                self.words(part)
            return
        if IMAGE_EDGE in words:
            words = without_images(words, unless_alone=not (self._quotes or self._heading or self._item_waits))
        text = one_line(decoded(words) if "&" in words else words)
        if not text:
            return
        if self._quotes:
            self._add(QUOTE, f"> {text}")
        elif self._heading:
            self._add(HEADING, f"{'#' * self._heading} {without_links(text)}")
        elif self._item_waits:
            self._item_waits = False
            self.blocks.append(Block(kind=LIST_ITEM, text=self._markers.marker() + text))
        else:
            self._add(LINK if text[0] in "[!h" and is_only_links(text) else PARAGRAPH, text)

    def code(self, code: str, language: str) -> None:
        """Takes code and adds it unchanged, in a fence longer than any within it."""
        if code and not code.isspace():
            fence = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(code)), default=0))
            self._add(CODE, f"{fence}{language}\n{code}\n{fence}")

    def extend(self, blocks: list[Block]) -> None:
        """Adds blocks that are complete."""
        self._markers.interrupt()
        self.blocks.extend(blocks)

    def _add(self, kind: str, text: str) -> None:
        self._markers.interrupt()
        self.blocks.append(Block(kind=kind, text=text))
