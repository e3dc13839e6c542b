"""Words that people or a lexicon put in the place of others, in the form that a place asks for."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from tokenizer.tokenizer import WORD_START
from vae.language.human_substitutes import human_substitutes
from vae.variation.phrases import Phrase
from vae.variation.words import bare, bare_case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tokenizer.tokenizer import Tokenizer
    from vae.language.language import Language
    from vae.variation.words import Words

PREFIX = 3
"""Forms of a word are looked for among those that begin with as many of its letters."""

MOST = 3
"""Words that are looked at in the place of one of several pieces: a row of the decoder for each, twice."""


class Synonyms:
    """The words of a vocabulary that may stand for others of a language: synonyms, and what people named."""

    def __init__(self, tokenizer: Tokenizer, language: Language) -> None:
        """Args: tokenizer: words that are one of its pieces are found, no others."""
        self._language, self._found = language, dict[str, frozenset[str]]()
        self._vocabulary = _by_prefix(tokenizer)
        self._named = _named(language)

    def __call__(self, word: str) -> frozenset[str]:
        """For a word in small letters those that are related to it and in its form; none without a lexicon."""
        if word not in self._found:
            self._found[word] = self._look_up(word)
        return self._found[word]

    def in_place_of_pieces(self, words: Words, free: Sequence[bool]) -> list[Phrase]:
        """For each free content word that is of several pieces up to MOST related ones.

        Vectors are of pieces, so of such a word no model knows what it is like.
        """
        staying = self._language.stop_words | self._language.fixed_words
        there = {bare(word) for word in words.words}
        found = []
        for place, (word, span) in enumerate(zip(words.words, words.spans, strict=True)):
            plain = bare_case(word)
            if free[place] and span and span[1] - span[0] > 1 and plain.islower() and plain not in staying:
                others = sorted(self(plain) - there - staying, key=lambda other: (-self._nearness(plain, other), other))
                found += [Phrase(place, place + 1, (other,)) for other in others[:MOST]]
        return found

    def _nearness(self, word: str, other: str) -> float:
        """The share of people who named one for the other, or of the uses in which both mean the same."""
        lexicon = self._language.lexicon
        lemmas = self._language.lemmas
        named = human_substitutes(self._language).evidence(lemmas(word), lemmas(other)).share
        related = lexicon.related(word, other) if lexicon else None
        return max(named, related.share if related and related.relation == "same" else 0.0)

    def _look_up(self, word: str) -> frozenset[str]:
        lexicon = self._language.lexicon
        if lexicon is None:
            return frozenset()
        own = lexicon.lemmas(word)
        lemmas = lexicon.synonyms(word).union(*(self._named.get(each, ()) for each in own)) - own
        near = {other for lemma in lemmas for other in self._vocabulary.get(lemma[:PREFIX], ())}
        return frozenset(
            other
            for other in near
            if lexicon.lemmas(other) & lemmas and not lexicon.lemmas(other) & own and lexicon.same_form(word, other)
        )


@lru_cache(maxsize=4)
def synonyms_in(tokenizer: Tokenizer, language: Language) -> Synonyms:
    """The same object for the same vocabulary and language: it remembers what it found."""
    return Synonyms(tokenizer, language)


def _named(language: Language) -> Mapping[str, list[str]]:
    found = defaultdict(list)
    for word, other in human_substitutes(language).pairs:
        found[word].append(other)
    return found


def _by_prefix(tokenizer: Tokenizer) -> dict[str, list[str]]:
    found = defaultdict(list)
    for piece in tokenizer.pieces:
        word = piece.removeprefix(WORD_START)
        if piece.startswith(WORD_START) and word.isalpha() and word.islower():
            found[word[:PREFIX]].append(word)
    return dict(found)
