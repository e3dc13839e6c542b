"""Looks up words that may stand for others: synonyms in a lexicon, and what people named, in the same form."""

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
    from vae.variation.compounds import Compound
    from vae.variation.words import Words

PREFIX = 3
"""The forms of a word are searched among the pieces that begin with the same letters, as many as this."""

MOST = 3
"""Words that are proposed for a compound or a word of several pieces, at most; the decoder reads the text twice for
each."""


class Synonyms:
    """Looks up the words of a vocabulary that may stand for a word of a language, and remembers them."""

    def __init__(self, tokenizer: Tokenizer, language: Language) -> None:
        """Args: tokenizer: only words that are one of its pieces are found."""
        self._language, self._synonyms = language, dict[str, frozenset[str]]()
        self._vocabulary = _by_prefix(tokenizer)
        self._named = _named(language)

    def __call__(self, word: str) -> frozenset[str]:
        """Returns the words in the form of `word`, a word in small letters, that may stand for it.

        Returns none in a language without a lexicon.
        """
        if word not in self._synonyms:
            self._synonyms[word] = self._look_up(word)
        return self._synonyms[word]

    def in_place_of_pieces(self, words: Words, editable: Sequence[bool]) -> list[Phrase]:
        """Returns up to MOST phrases of one word for each editable content word that has several pieces.

        The model has vectors of pieces only, so it cannot propose words for such a word itself.
        """
        fixed = self._language.stop_words | self._language.fixed_words
        present = {bare(word) for word in words.words}
        phrases = []
        for place, (word, span) in enumerate(zip(words.words, words.spans, strict=True)):
            plain = bare_case(word)
            if editable[place] and span and span[1] - span[0] > 1 and plain.islower() and plain not in fixed:
                others = sorted(self(plain) - present - fixed, key=lambda other: (-self._nearness(plain, other), other))
                phrases += [Phrase(place, place + 1, (other,)) for other in others[:MOST]]
        return phrases

    def in_place_of_compounds(
        self, words: Words, editable: Sequence[bool], compounds: Sequence[Compound]
    ) -> list[Phrase]:
        """Returns up to MOST nouns or compounds for each compound of editable words that is a noun and begins with one.

        A synonym with a word of the compound is left out, since a reader found that the word beside it then says more
        or less: a "smoke alarm" is no "fire alarm", and a "government agency" may be no "federal agency".

        Other compounds have none. Few synonyms of verbs and adverbs take the same words beside them ("look for",
        "seek"), and an adjective is often meant literally: a "good story" is seldom a "funny story".
        """
        fixed = self._language.stop_words | self._language.fixed_words
        present = {bare(word) for word in words.words}
        phrases = []
        for start, end in compounds:
            text = bare(" ".join(words.words[start:end]))
            if all(editable[start:end]) and fixed.isdisjoint(text.split()) and self._is_noun(text):
                others = [
                    other
                    for other in (self(text) | self._compounds(text)) - present - fixed
                    if set(other.split()).isdisjoint(text.split())
                ]
                best = sorted(others, key=lambda other: (-self._nearness(text, other), other))[:MOST]
                phrases += [Phrase(start, end, tuple(other.split())) for other in best]
        return phrases

    def _is_noun(self, text: str) -> bool:
        """Whether a compound is nothing but a noun, and its first word mainly one."""
        lexicon = self._language.lexicon
        return bool(
            lexicon
            and {reading.kind for reading in lexicon.readings(text)} == {"n"}
            and lexicon.mainly(text.partition(" ")[0], "n")
        )

    def _compounds(self, text: str) -> frozenset[str]:
        """Returns the synonyms of a compound that are compounds too."""
        lexicon = self._language.lexicon
        others = lexicon.synonyms(text) if lexicon else frozenset[str]()
        return frozenset(other for other in others if " " in other and lexicon and lexicon.same_form(text, other))

    def _nearness(self, word: str, other: str) -> float:
        """Returns how near two words are, 0 to 1.

        The larger of two shares: of the people asked who named one for the other, and of the uses in which both mean
        the same.
        """
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
        lemmas = lexicon.synonyms(word).union(*(self._named.get(lemma, ()) for lemma in own)) - own
        possible = lexicon.possible_forms(lemmas)
        prefixes = {lemma[:PREFIX] for lemma in lemmas}
        candidates = {
            other
            for prefix in prefixes
            for other in self._vocabulary.get(prefix, ())
            if other in possible or other in lexicon.forms
        }
        return frozenset(
            other
            for other in candidates
            if lexicon.lemmas(other) & lemmas
            and not lexicon.lemmas(other) & own
            and lexicon.same_form(word, other)
            and not lexicon.spelled_alike(word, other)
        )


@lru_cache(maxsize=4)
def synonyms_in(tokenizer: Tokenizer, language: Language) -> Synonyms:
    """Returns the synonyms for a vocabulary and a language; the same object, with its memory, for the same two."""
    return Synonyms(tokenizer, language)


def _named(language: Language) -> Mapping[str, list[str]]:
    """Returns for each lemma the lemmas that people named for it."""
    named = defaultdict(list)
    for word, other in human_substitutes(language).pairs:
        named[word].append(other)
    return named


def _by_prefix(tokenizer: Tokenizer) -> dict[str, list[str]]:
    """Returns the pieces that are whole words in small letters, by their first letters."""
    words = defaultdict(list)
    for piece in tokenizer.pieces:
        word = piece.removeprefix(WORD_START)
        if piece.startswith(WORD_START) and word.isalpha() and word.islower():
            words[word[:PREFIX]].append(word)
    return dict(words)
