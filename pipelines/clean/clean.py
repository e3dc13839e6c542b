"""From a post's raw content, be it Markdown, HTML, plain text or a mix, to its blocks."""

from __future__ import annotations

import re

from pipelines.clean.entities import encoded_once
from pipelines.clean.html_blocks import blocks_of_html, regular_html
from pipelines.clean.inline import is_only_links
from pipelines.clean.markdown import is_html, markdown_to_html
from pipelines.clean.shortcodes import without_shortcodes
from pipelines.clean.unicode import regular
from pipelines.posts import LINK, PARAGRAPH, Block

_MARKUP = re.compile(r"[<&*_`\[\\|~]|^ *(?:#|>|[-+=]|\d+[.)]|\t)|^ {4}", re.MULTILINE)
_TAG = re.compile(r"<(?!https?://)[A-Za-z/!?]")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot);)[#A-Za-z]")
_BLANK_LINES = re.compile(r"\n\s*\n")


def clean(content: str) -> list[Block]:
    """The blocks of a post in reading order, as light Markdown (see `Block`); never raises."""
    text = encoded_once(without_shortcodes(regular(content)))
    if _MARKUP.search(text):
        html = text if is_html(text) else markdown_to_html(text)
        if _TAG.search(text):
            html = regular_html(html)
        return blocks_of_html(regular(html) if _ENTITY.search(text) else html)  # it may name an invisible character
    paragraphs = (" ".join(lines.split()) for lines in _BLANK_LINES.split(text))
    return [Block(kind=LINK if is_only_links(text) else PARAGRAPH, text=text) for text in paragraphs if text]
