"""Rewrites constructs of other Markdown processors in CommonMark."""

from __future__ import annotations

import re

from pipelines.clean.code_spans import CODE_SPANS
from pipelines.clean.inline import BLOCK_TAGS

_STRUCK = r"~~(?P<struck>[^~\s](?:[^~\n]*[^~\s])?)~~"  # struck out (GFM)
_HTML = rf">(?P<html>[ \t]*\n(?:[ \t]*\n)+)(?=[ \t]+</?(?:{'|'.join(BLOCK_TAGS)})\b)"  # goes on (kramdown)
_LINE = (
    r"\n(?:"
    r":[ \t]+(?P<definition>\S)"  # of the term on the line before (kramdown, PHP Markdown Extra)
    r"|(?P<note>\[\^[^\]\n]+\]:)"  # a footnote
    r"|(?P<heading>\#{2,6})(?=[^#\s])"  # no space after the marks (the first Markdown)
    r")"
)
_DIALECTS = [_STRUCK, _LINE, _HTML]
_ANY = [re.compile(dialect) for dialect in _DIALECTS]
_TOKEN = re.compile("|".join([CODE_SPANS, *_DIALECTS]), re.DOTALL)

_ITEM = r"(?:[-*+]|\d{1,9}[.)]) "
_DEEPER_ITEM = re.compile(rf"\n {{2,}}{_ITEM}")
_UNDER_NUMBER = re.compile(rf"\n( *)\d{{1,9}}[.)] [^\n]*\n\1  {_ITEM}")
_ITEMS = re.compile(rf"(?P<code>{CODE_SPANS})|^(?: *{_ITEM}[^\n]*(?:\n|\Z)){{2,}}", re.DOTALL | re.MULTILINE)


def as_commonmark(text: str) -> str:
    """Rewrites footnotes, definitions, deletions, headings and nested lists in CommonMark."""
    text = f"\n{text}"
    if any(dialect.search(text) for dialect in _ANY):
        text = _TOKEN.sub(_rewritten, text)
    if _DEEPER_ITEM.search(text) and _UNDER_NUMBER.search(text):
        text = _ITEMS.sub(lambda items: items[0] if items["code"] else _indented(items[0]), text)
    return text


def _rewritten(token: re.Match[str]) -> str:
    if token["note"]:  # CommonMark would take a note of one word for the address of a link
        return f"\n\n\\{token['note']}"
    if token["definition"]:
        return f"\n\n{token['definition']}"
    if token["html"]:
        return ">\n"
    if token["heading"]:
        return f"\n{token['heading']} "
    return token["struck"] or token[0]


def _indented(items: str) -> str:
    """Indents the items under a number from two spaces to the column of the number's words, as CommonMark demands."""
    lines: list[str] = []
    above: list[tuple[int, int]] = []  # for each open item the column of its marker, as written, and of its words
    for line in items.splitlines(keepends=True):
        content = line.lstrip(" ")
        indent = len(line) - len(content)
        while above and above[-1][0] >= indent:
            above.pop()
        column = max(indent, above[-1][1] if above else 0)
        above.append((indent, column + content.index(" ") + 1))
        lines.append(" " * column + content)
    return "".join(lines)
