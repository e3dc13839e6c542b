"""Translates Tumblr's Neue Post Format, a list of blocks (tumblr.com/docs/npf), to HTML."""

from __future__ import annotations

import html
from itertools import groupby
from typing import Any, Final, TypeGuard

_ELEMENTS: Final = {"heading1": "h1", "heading2": "h2", "quote": "blockquote", "indented": "blockquote"}
_LISTS: Final = {"ordered-list-item": "ol", "unordered-list-item": "ul"}
_BLOCKS: Final = frozenset("text image link audio video paywall poll".split())


def is_npf(content: object) -> TypeGuard[list[dict[str, Any]]]:
    """Whether a content is a list of blocks in this format."""
    return (
        isinstance(content, list)
        and bool(content)
        and all(isinstance(block, dict) and block.get("type") in _BLOCKS for block in content)
    )


def html_of_npf(blocks: list[dict[str, Any]]) -> str:
    """The HTML of the blocks: texts with links, captions of images and titles of links, without films and sounds."""
    parts: list[str] = []
    for element, group in groupby(blocks, key=lambda block: _LISTS.get(_text(block.get("subtype")), "")):
        if element:
            items = "".join(f"<li>{_linked(block)}</li>" for block in group)
            parts.append(f"<{element}>{items}</{element}>")
        else:
            parts.extend(map(_block, group))
    return "".join(parts)


def _block(block: dict[str, Any]) -> str:
    match block["type"]:
        case "text":
            element = _ELEMENTS.get(_text(block.get("subtype")), "p")
            return f"<{element}>{_linked(block)}</{element}>"
        case "image":
            return f"<p>{html.escape(_text(block.get('caption')))}</p>"
        case "link":
            return f"<p>{html.escape(_text(block.get('title')))}</p>"
    return ""


def _linked(block: dict[str, Any]) -> str:
    """The block's text with its links as `<a>` and its line breaks as `<br>`."""
    text = _text(block.get("text"))
    parts, done = [], 0
    for start, end, url in sorted(_links(block)):
        if done <= start < end <= len(text):
            parts += [html.escape(text[done:start]), f'<a href="{html.escape(url)}">{html.escape(text[start:end])}</a>']
            done = end
    return "".join([*parts, html.escape(text[done:])]).replace("\n", "<br>")


def _links(block: dict[str, Any]) -> list[tuple[int, int, str]]:
    marks = block.get("formatting")
    return [
        (mark["start"], mark["end"], mark["url"])
        for mark in (marks if isinstance(marks, list) else [])
        if isinstance(mark, dict)
        and mark.get("type") == "link"
        and isinstance(mark.get("start"), int)
        and isinstance(mark.get("end"), int)
        and isinstance(mark.get("url"), str)
    ]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
