"""Decides which words of a text an edit may touch, and which stay whatever the model says."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from vae.variation.sampling import NAMES, TERMS
from vae.variation.words import bare, bare_case

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from vae.language.language import Language
    from vae.variation.words import Words

TERM_COUNT = 3
"""A content word that occurs this often in a text is a term, a word that the text is about."""

_PLAIN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
"""A bare word of letters, with at most an apostrophe inside: no digits, signs, mentions, placeholders, or hyphens."""

_OPENS, _CLOSES = "“«„", "”»"


def editable_words(
    text: Sequence[Words], language: Language, *, keep: Collection[str], kept: frozenset[str]
) -> list[list[bool]]:
    """Returns for each word of each segment of a text whether an edit may touch it.

    Words in quotations, words with digits or signs, mentions and kept words always stay; names and terms stay if `keep`
    says so.

    Args:
        text: the words of each segment.
        language: of the text.
        keep: which of `KEEPABLE` stay.
        kept: bare words that stay.
    """
    fixed = kept | (_terms(text, language) if TERMS in keep else frozenset())
    editable = []
    for words, quoted in zip(text, quoted_in(text), strict=True):
        names = names_in(words, language) if NAMES in keep else [False] * len(words)
        editable.append(
            [
                bool(_PLAIN.fullmatch(bare_case(word))) and not (is_quoted or is_name or bare(word) in fixed)
                for word, is_quoted, is_name in zip(words.words, quoted, names, strict=True)
            ]
        )
    return editable


def quoted_in(text: Sequence[Words]) -> list[list[bool]]:
    """Returns for each word of each segment of a text whether it stands within double quotation marks."""
    quoted = iter(_quoted([word for words in text for word in words.words]))
    return [[next(quoted) for _ in words.words] for words in text]


def _quoted(words: Sequence[str]) -> list[bool]:
    """Returns whether each word stands within double quotation marks; straight marks open and close in turn."""
    quoted, depth = [], 0
    for word in words:
        opens, closes = sum(map(word.count, _OPENS)), sum(map(word.count, _CLOSES))
        straight = word.count('"')
        quoted.append(depth > 0 or opens > 0 or straight > 0)
        depth = max(0, depth + opens - closes)
        if straight % 2:
            depth = 0 if depth else 1
    # If a mark is never closed it is a slip, or stands for inches; then only the words that have a mark stay.
    return quoted if depth == 0 else [_has_mark(word) for word in words]


def _has_mark(word: str) -> bool:
    """Whether a word has a double quotation mark."""
    return any(mark in word for mark in _OPENS + _CLOSES + '"')


def names_in(words: Words, language: Language) -> list[bool]:
    """Returns whether each word is part of a name.

    Names are words with a capital of their own, and one or two function words between two of these: "Bank of England".
    """
    names = [_is_name(words, place, language) for place in range(len(words))]
    for place in range(len(names)):
        for gap in (1, 2):
            if names[place] and place + gap + 1 < len(names) and names[place + gap + 1]:
                between = range(place + 1, place + gap + 1)
                if all(bare(words.words[inner]) in language.stop_words for inner in between):
                    for inner in between:
                        names[inner] = True
    return names


def _is_name(words: Words, place: int, language: Language) -> bool:
    """Whether a word has a capital of its own, which it does not owe to beginning a sentence."""
    word = bare_case(words.words[place])
    if not any(character.isupper() for character in word) or is_letter(word, language):
        return False
    if words.begins_sentence(place) and word[1:].islower():
        # Every first word has a capital, so only a word that the lexicon lacks in small letters counts as a name here.
        plain, lexicon = word.casefold(), language.lexicon
        return lexicon is not None and plain not in language.stop_words and plain not in lexicon
    return True


def is_letter(word: str, language: Language) -> bool:
    """Whether a word is a function word of one letter that always has a capital, alone or contracted: "I", "I'd"."""
    head, _, rest = word.replace("’", "'").partition("'")
    return (
        len(head) == 1 and rest.islower() == bool(rest) and word.casefold() in language.stop_words | {head.casefold()}
    )


def _terms(text: Sequence[Words], language: Language) -> frozenset[str]:
    """Returns the bare words that the text repeats often, without function words."""
    counts = Counter(bare(word) for word in chain.from_iterable(words.words for words in text))
    return frozenset(word for word, n in counts.items() if n >= TERM_COUNT and word not in language.stop_words)
