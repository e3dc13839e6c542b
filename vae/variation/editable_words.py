"""Which words of a text an edit may exchange, and which stand as they are whatever the model says."""

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
"""A word that a text repeats so often is what the text is about."""

_PLAIN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
"""A bare word of letters, with at most an apostrophe inside: no digits, signs, mentions, placeholders, or hyphens."""

_OPENS, _CLOSES = "“«„", "”»"


def editable_words(
    text: Sequence[Words], language: Language, *, keep: Collection[str], kept: frozenset[str]
) -> list[list[bool]]:
    """Of each word of each segment of a text, whether an edit may touch it.

    What stays: quotations, names, words with digits or signs, mentions, what the text is about, and kept words.

    Args:
        text: the segments' words.
        language: of the text.
        keep: what of `KEEPABLE` stays.
        kept: words, bare, that stay.
    """
    terms = _terms(text, language) if TERMS in keep else frozenset()
    staying = kept | terms
    found = []
    for words, inside in zip(text, quoted_in(text), strict=True):
        names = names_in(words, language) if NAMES in keep else [False] * len(words)
        found.append(
            [
                bool(_PLAIN.fullmatch(bare_case(word))) and not (is_quoted or is_name or bare(word) in staying)
                for word, is_quoted, is_name in zip(words.words, inside, names, strict=True)
            ]
        )
    return found


def quoted_in(text: Sequence[Words]) -> list[list[bool]]:
    """Of each word of each segment of a text whether it stands within double quotation marks."""
    quoted = iter(_quoted([word for words in text for word in words.words]))
    return [[next(quoted) for _ in words.words] for words in text]


def _quoted(words: Sequence[str]) -> list[bool]:
    """Whether each word stands within double quotation marks; a straight mark opens and closes by turns."""
    found, depth = [], 0
    for word in words:
        opens, closes = sum(map(word.count, _OPENS)), sum(map(word.count, _CLOSES))
        straight = word.count('"')
        begins = depth > 0 or opens > 0 or straight > 0
        found.append(begins)
        depth = max(0, depth + opens - closes)
        if straight % 2:
            depth = 0 if depth else 1
    # A mark that never closes is a slip, or an inch: what follows it is no quotation.
    return found if depth == 0 else [_has_mark(word) for word in words]


def _has_mark(word: str) -> bool:
    return any(mark in word for mark in _OPENS + _CLOSES + '"')


def names_in(words: Words, language: Language) -> list[bool]:
    """Words with a capital of their own, and what stands between two of them a word or two apart."""
    own = [_is_name(words, place, language) for place in range(len(words))]
    for place in range(len(own)):
        for gap in (1, 2):
            if own[place] and place + gap + 1 < len(own) and own[place + gap + 1]:
                between = range(place + 1, place + gap + 1)
                if all(bare(words.words[each]) in language.stop_words for each in between):
                    for each in between:
                        own[each] = True
    return own


def _is_name(words: Words, place: int, language: Language) -> bool:
    word = bare_case(words.words[place])
    if not any(character.isupper() for character in word) or is_letter(word, language):
        return False
    if words.begins_sentence(place) and word[1:].islower():
        # The capital tells nothing there: a word that the language knows in small letters is taken for that.
        plain, lexicon = word.casefold(), language.lexicon
        return lexicon is not None and plain not in language.stop_words and plain not in lexicon
    return True


def is_letter(word: str, language: Language) -> bool:
    """Whether it is a function word that the language writes with a capital wherever it stands: "I", "I'd"."""
    head, _, rest = word.replace("’", "'").partition("'")
    return (
        len(head) == 1 and rest.islower() == bool(rest) and word.casefold() in language.stop_words | {head.casefold()}
    )


def _terms(text: Sequence[Words], language: Language) -> frozenset[str]:
    counts = Counter(bare(word) for word in chain.from_iterable(words.words for words in text))
    return frozenset(word for word, n in counts.items() if n >= TERM_COUNT and word not in language.stop_words)
