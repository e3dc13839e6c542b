"""Spans no model may touch (URLs, link targets, inline code, numbers), swapped for one placeholder piece each."""

from __future__ import annotations

import re
from dataclasses import dataclass

URL, CODE, NUMBER = "<url>", "<code>", "<num>"
PLACEHOLDERS = (URL, CODE, NUMBER)

_LITERAL = r"<(?:url|code|num)>"
_CODE = r"(?<!`)(?P<fence>`+)(?!`).+?(?<!`)(?P=fence)(?!`)"
_LINK_TARGET = r"(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)"
_URL = r"(?:https?://|www\.)[^\s<>\])]+|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]*\w"
_NUMBER = r"\d+(?:[.,:/-]\d+)*"
_PROTECTED = re.compile(
    f"(?P<literal>{_LITERAL})|(?P<code>{_CODE})|(?P<url>{_LINK_TARGET}|{_URL})|{_NUMBER}", re.DOTALL
)
_PLACEHOLDER = re.compile(_LITERAL)
_LINK = re.compile(r"\[[^\[\]]+\]\(")

WITH_SPACES = f"{_CODE}|{_LINK_TARGET}"
"""Pattern of the spans that may hold white space, and so what looks like the end of a sentence."""


@dataclass(frozen=True)
class Protected:
    """A text with placeholders, and the spans they stand for in order of occurrence."""

    masked: str
    spans: tuple[str, ...]


def protect(text: str) -> Protected:
    """Swaps every protected span for its placeholder; a placeholder written in the text protects itself."""
    spans: list[str] = []

    def placeholder(match: re.Match[str]) -> str:
        spans.append(match[0])
        return match["literal"] or (CODE if match["code"] else URL if match["url"] else NUMBER)

    return Protected(_PROTECTED.sub(placeholder, text), tuple(spans))


def restore(masked: str, source: Protected) -> str | None:
    """The text with the source's spans put back, the n-th of each kind to the n-th placeholder of that kind.

    None where a span has no placeholder, a placeholder no span, or a link lost its brackets: such a text is not a
    variation of its source.
    """
    kinds = _PLACEHOLDER.findall(source.masked)
    if sorted(kinds) != sorted(_PLACEHOLDER.findall(masked)):
        return None
    spans = {kind: [s for k, s in zip(kinds, source.spans, strict=True) if k == kind] for kind in PLACEHOLDERS}
    text = _fill(masked, spans)
    return text if len(_LINK.findall(text)) == len(_LINK.findall(unprotect(source))) else None


def unprotect(source: Protected) -> str:
    """The text that was protected."""
    spans = iter(source.spans)
    return _PLACEHOLDER.sub(lambda _: next(spans), source.masked)


def count_spans(masked: str) -> int:
    """The number of placeholders in a masked text."""
    return len(_PLACEHOLDER.findall(masked))


def _fill(masked: str, spans: dict[str, list[str]]) -> str:
    queues = {kind: iter(waiting) for kind, waiting in spans.items()}
    return _PLACEHOLDER.sub(lambda match: next(queues[match[0]]), masked)
