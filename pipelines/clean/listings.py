"""`<pre>` within Markdown, kept whole: CommonMark would end HTML at a blank line and read on in it."""

from __future__ import annotations

import re
from typing import Final

from pipelines.clean.code_spans import MARKDOWN_CODE

_BLANK: Final = "\x1d"
"""Stands in a blank line of a listing while the text is Markdown; a post holds no control character by then."""

_PRE = re.compile(rf"{MARKDOWN_CODE}|(?P<pre><pre\b[^<]*(?:<(?!/?pre\b)[^<]*)*</pre>)", re.DOTALL | re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n(?=[ \t]*\n)")


def with_listings_apart(text: str) -> str:
    """The Markdown, each `<pre>` in it without blank lines and at the begin of a line."""
    if "<pre" not in text and "<PRE" not in text:
        return text
    return _PRE.sub(_apart, f"\n{text}")[1:]


def with_listings_whole(html: str) -> str:
    """The HTML made of it, blank lines where they were."""
    return html.replace(_BLANK, "")


def _apart(found: re.Match[str]) -> str:
    if found["pre"] is None:
        return found[0]
    text, start = found.string, found.start()
    before = text[text.rfind("\n", 0, start) + 1 : start]
    begin = "\n\n" if before.strip("> \t-*+.)0123456789") else ""
    return begin + _BLANK_LINE.sub(f"\n{_BLANK}", found["pre"])
