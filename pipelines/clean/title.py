"""Turns titles into plain text of one line, without tags and entities."""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import Final

from pipelines.clean.inline import BLOCK_TAGS
from pipelines.clean.unicode import regular_characters

_PHRASES = (
    "a abbr b big cite code del em font i ins kbd mark q s samp small span strike strong sub sup tt u var".split()
)
_ELEMENT = re.compile(rf"<({'|'.join([*_PHRASES, *BLOCK_TAGS])})(?:\s[^<>]*)?>([^<>]*)</\1\s*>", re.IGNORECASE)
"""Elements with both tags alone, since `Option<T>` and `the <b> tag` are words of a title."""

_BREAK = re.compile(r"<[bh]r(?:\s[^<>]*)?/?>", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--[^<>]*-->|<(?:wbr|img)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_DEEPEST: Final = 8
_ENTITY = re.compile(r"&(?:#(?:\d{1,7}|[xX][\da-fA-F]{1,6})|([a-zA-Z][a-zA-Z\d]{1,31}));")


def plain_title(title: str) -> str:
    """The title in regular characters on one line, without tags, and with entities decoded, even if encoded twice.

    Markdown stays, and so does all that no browser would take for a tag or an entity.
    """
    text = regular_characters(title)
    if "<" in text:
        text = _without_tags(text)
    if "&" in text:
        text = regular_characters(_decoded(_decoded(text)))
    return " ".join(text.split())


def _without_tags(text: str) -> str:
    text = _BREAK.sub(" ", _UNSEEN.sub("", text))
    for _ in range(_DEEPEST):
        text, count = _ELEMENT.subn(_content, text)
        if not count:
            break
    return text


def _content(element: re.Match[str]) -> str:
    return f" {element[2]} " if element[1].lower() in BLOCK_TAGS else element[2]


def _decoded(text: str) -> str:
    # html.unescape alone takes entities without a semicolon too: it makes `&notes` of an address `¬es`.
    return _ENTITY.sub(lambda found: html5.get(f"{found[1]};", found[0]) if found[1] else html.unescape(found[0]), text)
