from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"\w+")


@lru_cache(maxsize=64)  # several rules ask for the words of the same texts
def folded_words(text: str) -> tuple[str, ...]:
    """The words of a text in order, case-folded: runs of letters, digits and underscores."""
    return tuple(_WORD.findall(text.casefold()))


def ngrams(words: tuple[str, ...], size: int) -> list[tuple[str, ...]]:
    """Every run of `size` successive words, in order; empty where there are fewer words."""
    return list(zip(*(words[start:] for start in range(size)), strict=False))


def occurrences(text: str, phrases: tuple[str, ...]) -> dict[str, int]:
    """How often the text holds each phrase as whole words, whatever the case and white space between them."""
    if not phrases:
        return {}
    folded = _folded(text)
    return {phrase: _count(_folded(phrase), folded) for phrase in phrases}


def encodable(text: str) -> str:
    """The text with ? in place of lone surrogates, which tokenizers and classifiers refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _count(phrase: str, text: str) -> int:
    if phrase not in text:  # far quicker than the pattern; most phrases of a long list are not in the text
        return 0
    return len(re.findall(rf"(?<!\w){re.escape(phrase)}(?!\w)", text))
