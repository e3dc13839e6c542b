"""Parses light Markdown, as `text_of` writes it, back into blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.clean.inline import is_only_links
from pipelines.posts.post import CODE, HEADING, LINK, LIST_ITEM, PARAGRAPH, QUOTE, TABLE, Block

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(r"(`{3,})[^`\n]*\n")
_ITEM = re.compile(r" *(?:-|\d+\.) \S")
_HEADING = re.compile(r"#{1,6} \S")


def blocks_of_light(text: str) -> list[Block]:
    """The blocks from which `text_of` gives this text back, apart from white space around lines of prose.

    Light Markdown escapes no marks. So a paragraph that looks like a list item becomes one; the text is the same.
    """
    blocks: list[Block] = []
    was_one = False
    for chunk in _chunks(text):
        found = list(_blocks(chunk))
        if blocks and blocks[-1].kind == found[0].kind == LIST_ITEM:  # items of one list stand together
            words = blocks if was_one else found
            place = -1 if was_one else 0
            words[place] = words[place]._replace(kind=PARAGRAPH)
        was_one = len(found) == 1
        blocks += found
    return blocks


def _chunks(text: str) -> Iterator[str]:
    """Splits a text at blank lines, except within fenced code."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        end = _end_of_code(lines, at) or next(
            (place for place in range(at, len(lines)) if not lines[place].strip()), len(lines)
        )
        yield "\n".join(lines[at:end])
        at = end


def _end_of_code(lines: list[str], at: int) -> int:
    """The index of the line after the fenced code that begins at `at`; 0 if none begins there."""
    fence = _FENCE.match(f"{lines[at]}\n")
    if not fence:
        return 0
    return next((place + 1 for place in range(at + 1, len(lines)) if lines[place] == fence[1]), 0)


def _blocks(chunk: str) -> Iterator[Block]:
    if _FENCE.match(chunk) and chunk.endswith(f"\n{_FENCE.match(chunk)[1]}"):  # type: ignore[index]  # it matched
        yield Block(kind=CODE, text=chunk)
    elif chunk.startswith("| ") and "\n| --- |" in chunk:
        yield Block(kind=TABLE, text=chunk)
    else:
        for line in chunk.split("\n") if _ITEM.match(chunk) else [chunk]:
            yield _block(line)


def _block(text: str) -> Block:
    if _ITEM.match(text):
        return Block(kind=LIST_ITEM, text=text.rstrip())
    line = " ".join(text.split())
    if line.startswith("> "):
        return Block(kind=QUOTE, text=line)
    if _HEADING.match(line):
        return Block(kind=HEADING, text=line)
    return Block(kind=LINK if is_only_links(line) else PARAGRAPH, text=line)
