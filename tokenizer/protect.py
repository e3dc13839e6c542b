"""Spans no model may touch (URLs, link targets, inline code, numbers), swapped for one placeholder piece each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

PLACEHOLDERS = {"url": "<url>", "code": "<code>", "number": "<num>"}
"""What stands for a span of each kind."""

PROTECTED_KINDS = tuple(PLACEHOLDERS)

# Each pattern begins with a plain character where it can: then the search skips all others without trying it.
CODE_SPAN = r"`(?<!``)(?P<more>`*)(?!`).+?(?<!`)`(?P=more)(?!`)"
LINK_TARGET = r"\((?<=\]\()[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)"
_URL = r"https?://[^\s<>\])]+|www\.[^\s<>\])]+"
_EMAIL = r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]*\w"
_NUMBER = r"\d+(?:[.,:/-]\d+)*"
_LITERAL = r"<(?:url|code|num)>"

_NUMBERS = re.compile(_NUMBER)
_OTHERS = re.compile(r"[<`@]|\]\(|://|www\.")
_PLACEHOLDER = re.compile(_LITERAL)
_GROWN = re.compile(r"<url>(?=[\w<])|<num>[.,:/-]?(?=<num>)")
"""A span that reads on into what follows it."""
_LINK = re.compile(r"\[[^\[\]]+\]\(")


@dataclass(frozen=True)
class Protected:
    """A text with placeholders, and the spans they stand for in order of occurrence."""

    masked: str
    spans: tuple[str, ...]


def protect(text: str, kinds: Collection[str] = PROTECTED_KINDS) -> Protected:
    """Swaps every span of the kinds for its placeholder; a placeholder written in the text protects itself."""
    if not _OTHERS.search(text):
        if "number" not in kinds:
            return Protected(text, ())
        return Protected(_NUMBERS.sub(PLACEHOLDERS["number"], text), tuple(_NUMBERS.findall(text)))
    spans: list[str] = []

    def placeholder(match: re.Match[str]) -> str:
        spans.append(match[0])
        return _placeholder(match)

    return Protected(_pattern(frozenset(kinds), "@" in text).sub(placeholder, text), tuple(spans))


def mask_words(words: Sequence[str], kinds: Collection[str] = PROTECTED_KINDS) -> list[str]:
    """The masked form of each word that `split_words` gives."""
    masked = ["" if _OTHERS.search(word) else word for word in words]
    if masked and "number" in kinds:
        masked = _NUMBERS.sub(PLACEHOLDERS["number"], "\n".join(masked)).split("\n")
    all_kinds = frozenset(kinds)
    return [
        mask or _pattern(all_kinds, "@" in word).sub(_placeholder, word)
        for mask, word in zip(masked, words, strict=True)
    ]


def split_words(text: str, kinds: Collection[str] = PROTECTED_KINDS) -> list[str]:
    """The words between white space; a span with white space in it is one word with what touches it.

    So the masked text is that of its words, joined.
    """
    if "`" in text or '")' in text:
        source = protect(text, frozenset(kinds) - {"number"})
        if any(len(span.split()) > 1 for span in source.spans):
            spans = iter(source.spans)
            return [_PLACEHOLDER.sub(lambda _: next(spans), word) for word in source.masked.split()]
    return text.split()


def restore(masked: str, source: Protected) -> str | None:
    """The text with the source's spans put back, the n-th of each kind to the n-th placeholder of that kind.

    None where a span has no placeholder, a placeholder no span, a link lost its brackets, or a URL or number would
    read on into what follows it: such a text is not a variation of its source.
    """
    kinds = _PLACEHOLDER.findall(source.masked)
    if sorted(kinds) != sorted(_PLACEHOLDER.findall(masked)):
        return None
    if len(_GROWN.findall(masked)) > len(_GROWN.findall(source.masked)):
        return None
    spans = {kind: iter([s for k, s in zip(kinds, source.spans, strict=True) if k == kind]) for kind in set(kinds)}
    text = _PLACEHOLDER.sub(lambda match: next(spans[match[0]]), masked)
    return text if len(_LINK.findall(text)) == len(_LINK.findall(unprotect(source))) else None


def unprotect(source: Protected) -> str:
    """The text that was protected."""
    spans = iter(source.spans)
    return _PLACEHOLDER.sub(lambda _: next(spans), source.masked)


def _placeholder(match: re.Match[str]) -> str:
    span = match[0]
    if span[0] == "<":
        return span
    if span[0] == "`":
        return PLACEHOLDERS["code"]
    return PLACEHOLDERS["number" if span[0].isdecimal() and "@" not in span else "url"]


@lru_cache
def _pattern(kinds: frozenset[str], emails: bool) -> re.Pattern[str]:  # noqa: FBT001  (a key of the cache)
    """The alternatives, of which the first that matches wins; e-mail addresses cost a try at every word."""
    alternatives = [_LITERAL]
    if "code" in kinds:
        alternatives.append(CODE_SPAN)
    if "url" in kinds:
        alternatives += [LINK_TARGET, _URL, *[_EMAIL] * emails]
    if "number" in kinds:
        alternatives.append(_NUMBER)
    return re.compile("|".join(alternatives), re.DOTALL)
