"""Cleans a post: turns its raw content, of any content kind, into blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.clean.entities import encoded_once
from pipelines.clean.html_blocks import blocks_of_html, regular_html
from pipelines.clean.inline import is_only_links
from pipelines.clean.light import blocks_of_light
from pipelines.clean.lone_tags import with_lone_tags_literal
from pipelines.clean.markdown import is_html, markdown_to_html, with_listings_apart, with_listings_whole
from pipelines.clean.page import is_page, main_content
from pipelines.clean.plain import blocks_of_plain
from pipelines.clean.prose_indents import without_prose_indents
from pipelines.clean.shortcodes import without_more, without_shortcodes
from pipelines.clean.unicode import regular_characters
from pipelines.clean.vault_marks import without_vault_marks
from pipelines.clean.wide_breaks import without_wide_breaks
from pipelines.clean.wordpress import with_paragraphs, without_wordpress_shortcodes
from pipelines.posts.post import HTML, LIGHT, LINK, MARKDOWN, PARAGRAPH, PLAIN, WORDPRESS, Block

if TYPE_CHECKING:
    from collections.abc import Callable

_MARK = re.compile(r"[<&*_`\[\\|~]")
_MARK_OF_LINE = re.compile(r"\n(?: *(?:#|>|[-+=]|\d+[.)]|\t)| {4})")
_TAG = re.compile(r"<(?!https?://)[A-Za-z/!?]")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot);)[#A-Za-z]")
_BLANK_LINES = re.compile(r"\n\s*\n")
_BLOCK_TAG = re.compile(r"<(?:p|div|br|h[1-6]|ul|ol|li|table|blockquote|section|article|pre)\b", re.IGNORECASE)


def clean(content: str, kind: str = MARKDOWN) -> list[Block]:
    """The blocks of a post in reading order, as light Markdown (see `Block`); never raises.

    Args:
        content: as its source gave it.
        kind: what the content is written in, one of `CONTENT_KINDS` or `LIGHT`.
    """
    return _WAYS[kind](content)


def _of_plain(content: str) -> list[Block]:
    return blocks_of_plain(regular_characters(content))


def _of_light(content: str) -> list[Block]:
    return blocks_of_light(regular_characters(content))


def _of_markdown(content: str) -> list[Block]:
    """Cleans Markdown of any dialect, with HTML in it, or HTML throughout."""
    text = encoded_once(without_shortcodes(without_vault_marks(regular_characters(without_prose_indents(content)))))
    if not _MARK.search(text) and not _MARK_OF_LINE.search(f"\n{text}"):
        paragraphs = (" ".join(without_wide_breaks(lines).split()) for lines in _BLANK_LINES.split(text))
        return [Block(kind=LINK if is_only_links(text) else PARAGRAPH, text=text) for text in paragraphs if text]
    has_tags = _TAG.search(text) is not None
    if has_tags:
        text = with_lone_tags_literal(text, is_markdown=True)
    if is_html(text):
        return _blocks(text)
    html = with_listings_whole(markdown_to_html(with_listings_apart(text) if has_tags else text))
    if has_tags:
        html = regular_html(html)
    return blocks_of_html(
        regular_characters(html) if _ENTITY.search(text) else html
    )  # it may name an invisible character


def _of_html(content: str) -> list[Block]:
    """Cleans a whole page, of which the article is taken, or a piece of HTML."""
    text = encoded_once(without_shortcodes(regular_characters(content), is_markdown=False))
    if is_page(text):
        return _blocks(main_content(with_lone_tags_literal(text, is_markdown=False, is_page=True)))
    text = with_lone_tags_literal(text, is_markdown=False)
    return _blocks(text if _BLOCK_TAG.search(text) else with_paragraphs(text))


def _of_wordpress(content: str) -> list[Block]:
    """Cleans WordPress's HTML, which holds shortcodes and ends paragraphs with blank lines."""
    text = without_wordpress_shortcodes(encoded_once(without_more(regular_characters(content))))
    return _blocks(with_paragraphs(with_lone_tags_literal(text, is_markdown=False)))


def _blocks(html: str) -> list[Block]:
    parsed = regular_html(html)
    return blocks_of_html(regular_characters(parsed) if _ENTITY.search(html) else parsed)


_WAYS: dict[str, Callable[[str], list[Block]]] = {
    PLAIN: _of_plain,
    MARKDOWN: _of_markdown,
    HTML: _of_html,
    WORDPRESS: _of_wordpress,
    LIGHT: _of_light,
}
