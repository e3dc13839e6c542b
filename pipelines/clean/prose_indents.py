"""Removes indents of prose that Markdown would read as code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_BREAK_SPACES = "\u00a0\u2007\u202f\u3000"
_NO_BREAK_INDENT = re.compile(f"^[ \t]*[{_NO_BREAK_SPACES}][ \t{_NO_BREAK_SPACES}]*", re.MULTILINE)
_BEGINS_INDENTED = re.compile(r"\n[^\S\n]*\n(?:[ ]{4}| {0,3}\t)[ \t]*\S")
_INDENT = re.compile(r"[ ]{4}| {0,3}\t")
_LIST_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)]|\[\^[^\]\n]+\]:|:)[ \t]")
_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})")

_WORD = re.compile(r"[^\W\d_]{2,}")
_CODE_MARK = re.compile(r"[{}();=<>\\$#@\[\]|]|::|->|--\w|\w\.\w|/\w+/|^\s*(?:>>>|\.\.\.)", re.MULTILINE)
_SENTENCE = re.compile(r"[^\W\d_][\"'’”)]?[,.;:!?…。，、！？](?:\s|\Z)", re.MULTILINE)
_WORDS_TO_A_MARK: Final = 6
_FEWEST_WORDS: Final = 4
"""Chosen by us: code has a sign for every two or three words, and prose hardly any."""


def without_prose_indents(text: str) -> str:
    """The Markdown without indents of no-break spaces, and without the indents of whole paragraphs of prose.

    Prose has at least `_FEWEST_WORDS` words, `_WORDS_TO_A_MARK` of them for each sign of code, and the punctuation of
    sentences. Lines that may belong to a list item, and code in fences, stay as they are.
    """
    if not text.isascii() and any(space in text for space in _NO_BREAK_SPACES):
        text = _NO_BREAK_INDENT.sub("", text)
    if not _BEGINS_INDENTED.search(f"\n\n{text}"):
        return text
    lines = text.split("\n")
    for run in _runs(lines):
        _dedent(lines, run)
    return "\n".join(lines)


def _runs(lines: list[str]) -> Iterator[list[int]]:
    """For each run of indented code by CommonMark's rules the indices of its lines that are not blank."""
    fence, in_list, after_blank = "", False, True
    run: list[int] = []
    for place, line in enumerate(lines):
        if not line.strip():
            after_blank = True
            continue
        mark = _FENCE.match(line)
        if not fence and _INDENT.match(line) and (run or (after_blank and not in_list)):
            run.append(place)
        else:
            if run:
                yield run
                run = []
            if fence:
                fence = "" if mark and mark[1].startswith(fence) else fence
            elif mark:
                fence = mark[1]
            else:
                in_list = _LIST_ITEM.match(line) is not None or (
                    in_list and not (after_blank and not line[0].isspace())
                )
        after_blank = False
    if run:
        yield run


def _dedent(lines: list[str], run: list[int]) -> None:
    text = "\n".join(lines[place] for place in run)
    words = len(_WORD.findall(text))
    if text.isascii() and words < _FEWEST_WORDS:
        return
    if words >= _WORDS_TO_A_MARK * len(_CODE_MARK.findall(text)) and _SENTENCE.search(text):
        for place in run:
            lines[place] = lines[place].strip()
