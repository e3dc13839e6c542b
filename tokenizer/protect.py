"""Replaces the spans that no model may change (URLs, link targets, inline code, numbers) by placeholders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

PLACEHOLDERS = {"url": "<url>", "code": "<code>", "number": "<num>"}
"""The placeholder for the spans of each kind."""

PROTECTED_KINDS = tuple(PLACEHOLDERS)

# A pattern begins with a literal character where it can, so that the search skips all other characters quickly.
CODE_SPAN = r"`(?<!``)(?P<more>`*)(?!`).+?(?<!`)`(?P=more)(?!`)"
LINK_TARGET = r"\((?<=\]\()[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)"
_URL = r"https?://[^\s<>\])]+|www\.[^\s<>\])]+"
_EMAIL = r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]*\w"
_NUMBER = r"\d+(?:[.,:/-]\d+)*"
_LITERAL = r"<(?:url|code|num)>"

_NUMBERS = re.compile(_NUMBER)
_SIGN_OF_SPAN = re.compile(r"[<`@]|\]\(|://|www\.")
"""A text without one of these has no span but numbers."""
_PLACEHOLDER = re.compile(_LITERAL)
_RUNS_ON = re.compile(r"<url>(?=[\w<])|<num>[.,:/-]?(?=<num>)")
"""A placeholder whose span would be read together with what follows it."""
_LINK = re.compile(r"\[[^\[\]]+\]\(")


@dataclass(frozen=True)
class Protected:
    """A text with placeholders, and the spans that they stand for, in the order of the text."""

    masked: str
    spans: tuple[str, ...]


def protect(text: str, kinds: Collection[str] = PROTECTED_KINDS) -> Protected:
    """Replaces every span of these kinds by its placeholder.

    A placeholder that the text itself contains is a span too: it stands for itself.
    """
    if not _SIGN_OF_SPAN.search(text):
        if "number" not in kinds:
            return Protected(text, ())
        return Protected(_NUMBERS.sub(PLACEHOLDERS["number"], text), tuple(_NUMBERS.findall(text)))
    spans: list[str] = []

    def placeholder(match: re.Match[str]) -> str:
        spans.append(match[0])
        return _placeholder(match)

    return Protected(_pattern(frozenset(kinds), "@" in text).sub(placeholder, text), tuple(spans))


def mask_words(words: Sequence[str], kinds: Collection[str] = PROTECTED_KINDS) -> list[str]:
    """Returns each word of `split_words`, or each text of one line, with its spans replaced by placeholders."""
    masked = ["" if _SIGN_OF_SPAN.search(word) else word for word in words]
    if masked and "number" in kinds:
        masked = _NUMBERS.sub(PLACEHOLDERS["number"], "\n".join(masked)).split("\n")
    all_kinds = frozenset(kinds)
    return [
        mask or _pattern(all_kinds, "@" in word).sub(_placeholder, word)
        for mask, word in zip(masked, words, strict=True)
    ]


def may_join_words(text: str) -> bool:
    """Whether a text may have a span with white space in it: inline code, or a link with a title."""
    return "`" in text or '")' in text


def split_words(text: str, kinds: Collection[str] = PROTECTED_KINDS) -> list[str]:
    """Returns the words between white space, where a span with white space in it belongs to one word.

    So the masked words, joined, are the masked text.
    """
    if may_join_words(text):
        source = protect(text, frozenset(kinds) - {"number"})
        if any(len(span.split()) > 1 for span in source.spans):
            spans = iter(source.spans)
            return [_PLACEHOLDER.sub(lambda _: next(spans), word) for word in source.masked.split()]
    return text.split()


def restore(masked: str, source: Protected) -> str | None:
    """Returns a masked text with the spans of its source: the n-th span of a kind replaces its n-th placeholder.

    Returns None where the text cannot be a variation of its source: its placeholders are not as many of each kind as
    those of the source, a link lost its brackets, or a URL or number would be read together with what follows it.
    """
    placeholders = _PLACEHOLDER.findall(source.masked)
    if sorted(placeholders) != sorted(_PLACEHOLDER.findall(masked)):
        return None
    if len(_RUNS_ON.findall(masked)) > len(_RUNS_ON.findall(source.masked)):
        return None
    pairs = list(zip(placeholders, source.spans, strict=True))
    spans = {kind: iter([span for other, span in pairs if other == kind]) for kind in set(placeholders)}
    text = _PLACEHOLDER.sub(lambda match: next(spans[match[0]]), masked)
    return text if len(_LINK.findall(text)) == len(_LINK.findall(unprotect(source))) else None


def unprotect(source: Protected) -> str:
    """Returns the text that was protected."""
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
    """Returns the pattern of spans of these kinds; at each place the first alternative that matches wins.

    The alternative of e-mail addresses is tried at every word, so it is left out of texts without an at sign.
    """
    alternatives = [_LITERAL]
    if "code" in kinds:
        alternatives.append(CODE_SPAN)
    if "url" in kinds:
        alternatives += [LINK_TARGET, _URL, *[_EMAIL] * emails]
    if "number" in kinds:
        alternatives.append(_NUMBER)
    return re.compile("|".join(alternatives), re.DOTALL)
