"""Words that a lexicon holds for the same, in the form that a place asks for."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from tokenizer.tokenizer import WORD_START
from vae.variation.phrases import Phrase
from vae.variation.words import bare, bare_case

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tokenizer.tokenizer import Tokenizer
    from vae.language.language import Language
    from vae.variation.words import Words

MOST = 6
"""Synonyms of a word that are looked at."""

PREFIX = 3
"""Forms of a word are looked for among those that begin with as many of its letters."""


def synonyms(words: Words, free: Sequence[bool], language: Language, tokenizer: Tokenizer) -> list[Phrase]:
    """For each free content word that is several pieces up to MOST synonyms that are one.

    Vectors are of pieces, so of a word of several pieces nothing is known but what the lexicon says.
    """
    if language.lexicon is None:
        return []
    staying = language.stop_words | language.fixed_words
    there = {bare(word) for word in words.words}
    vocabulary = _by_prefix(tokenizer)
    found = []
    for place, (word, span) in enumerate(zip(words.words, words.spans, strict=True)):
        plain = bare_case(word)
        if not free[place] or span is None or span[1] - span[0] < 2 or not plain.islower() or plain in staying:
            continue
        like = _same(plain, language, vocabulary) - there - staying
        found += [Phrase(place, place + 1, (other,)) for other in sorted(like)[:MOST]]
    return found


def _same(word: str, language: Language, vocabulary: Mapping[str, Collection[str]]) -> set[str]:
    """Words of the vocabulary that are synonyms of a word in the form that it has."""
    lexicon = language.lexicon
    if lexicon is None:
        return set()
    prefixes = {lemma[:PREFIX] for lemma in lexicon.synonyms(word)}
    return {
        other
        for prefix in prefixes
        for other in vocabulary.get(prefix, ())
        if lexicon.relation(word, other) == "same" and lexicon.same_form(word, other)
    }


@lru_cache(maxsize=2)
def _by_prefix(tokenizer: Tokenizer) -> dict[str, list[str]]:
    found = defaultdict(list)
    for piece in tokenizer.pieces:
        word = piece.removeprefix(WORD_START)
        if piece.startswith(WORD_START) and word.isalpha() and word.islower():
            found[word[:PREFIX]].append(word)
    return dict(found)
