"""Turns plain text, in which nothing is markup, into blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipelines.clean.inline import is_only_links
from pipelines.clean.wide_breaks import without_wide_breaks
from pipelines.posts.post import CODE, LINK, LIST_ITEM, PARAGRAPH, Block

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_FENCED = re.compile(r"^(?P<fence>`{3,}|~{3,})[^`\n]*\n(?:.*?\n)??(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE)
_ITEM = re.compile(r"[^\S\n]*(?:[-*+•‣◦·–]|(?P<number>\d{1,3})[.)])[^\S\n]+(?=\S)")
_LONGEST_WRAPPED: Final = 120
"""The most characters of a line in wrapped text; in a text with a longer line each line is a paragraph."""


def blocks_of_plain(text: str) -> list[Block]:
    """The blocks of a plain text: paragraphs of any indent, lists of at least two items, and fenced code.

    A paragraph ends at a blank line, before a line that is indented more, and in a text of long lines at each line.
    """
    blocks: list[Block] = []
    done = 0
    if "```" in text or "~~~" in text:
        for fenced in _FENCED.finditer(text):
            blocks.extend(_flow(text[done : fenced.start()]))
            blocks.append(Block(kind=CODE, text=fenced[0].rstrip()))
            done = fenced.end()
    blocks.extend(_flow(text[done:]))
    return blocks


def _flow(text: str) -> Iterator[Block]:
    for chunk in _BLANK_LINES.split(text):
        if "\n" not in chunk:
            if chunk.strip():
                yield _paragraph(chunk)
            continue
        lines = [line for line in chunk.split("\n") if line.strip()]
        items = [_ITEM.match(line) for line in lines]
        if len(lines) > 1 and sum(map(bool, items)) > 1:
            yield from _list(lines, items)
        else:
            yield from map(_paragraph, _paragraphs(lines))


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """Joins the lines of a text without blank lines into paragraphs."""
    if not lines:
        return
    each = max(map(len, lines)) > _LONGEST_WRAPPED
    indents = [_indent(line) for line in lines]
    least = min(indents)
    begun: list[str] = []
    for place, (line, indent) in enumerate(zip(lines, indents, strict=True)):
        if begun and (each or (indent >= least + 2 and indent > indents[place - 1])):
            yield "\n".join(begun)
            begun = []
        begun.append(line)
    yield "\n".join(begun)


def _list(lines: list[str], items: list[re.Match[str] | None]) -> Iterator[Block]:
    begun: list[str] = []
    marker = ""
    for line, item in zip(lines, items, strict=True):
        if item:
            if begun:
                yield _block(begun, marker)
            begun, marker = [], f"{item['number']}. " if item["number"] else "- "
            line = line[item.end() :]  # noqa: PLW2901 - the words of the item
        begun.append(line)
    yield _block(begun, marker)


def _block(lines: list[str], marker: str) -> Block:
    paragraph = _paragraph("\n".join(lines))
    return Block(kind=LIST_ITEM, text=marker + paragraph.text) if marker else paragraph


def _paragraph(lines: str) -> Block:
    text = " ".join(without_wide_breaks(lines).split())
    return Block(kind=LINK if is_only_links(text) else PARAGRAPH, text=text)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
