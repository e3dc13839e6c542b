"""Finds the compounds of a segment, words that mean something together: "car park", "carried out"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.variation.words import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.language.language import Language
    from vae.variation.phrases import Phrase
    from vae.variation.words import Words

LONGEST = 4
"""The most words of a compound in the lexicon."""

MAIN_USE = 0.5
"""The least share of the uses of a compound, and of those of a part of it, in which both mean much the same."""

Compound = tuple[int, int]
"""The place of the first word of a compound, and the place behind its last."""


def compounds_in(words: Words, language: Language) -> list[Compound]:
    """Returns the compounds that the language's lexicon holds, in any form, with no marks inside.

    Of compounds that overlap, the one that begins first is returned, and of those the longest.
    """
    found: list[Compound] = []
    for start in range(len(words)):
        if language.lexicon is None or (found and start < found[-1][1]):
            continue
        ends = range(min(start + LONGEST, len(words)), start + 1, -1)
        found += [(start, end) for end in ends if bare(" ".join(words.words[start:end])) in language.lexicon][:1]
    return found


def keeps_compounds(phrase: Phrase, words: Words, compounds: Sequence[Compound], language: Language) -> bool:
    """Whether each compound stays whole, is replaced as a whole, or keeps its meaning though a part is replaced.

    "Car park" does not become "automobile park". It keeps its meaning if the part alone means much the same, as "cars"
    in "electric cars", or if the lexicon holds the new compound as a synonym, as "for instance". A phrase may replace
    function words of a compound: "I've" those of "I have on my desk", although the lexicon holds "have on".
    """
    content = [place for place in range(*phrase[:2]) if bare(words.words[place]) not in language.stop_words]
    return all(
        phrase.start <= start < end <= phrase.end
        or not any(start <= place < end for place in content)
        or _means_the_same(phrase, words, (start, end), language)
        for start, end in compounds
    )


def _means_the_same(phrase: Phrase, words: Words, compound: Compound, language: Language) -> bool:
    """Whether a phrase inside a compound leaves its meaning as it is."""
    start, end = compound
    if language.lexicon is None or not start <= phrase.start < phrase.end <= end:
        return False
    whole, part = (bare(" ".join(words.words[slice(*run)])) for run in (compound, phrase[:2]))
    either_way = (language.lexicon.related(whole, part), language.lexicon.related(part, whole))
    if all(related.relation in {"same", "above"} and related.share >= MAIN_USE for related in either_way):
        return True
    new = (*words.words[start : phrase.start], *phrase.new, *words.words[phrase.end : end])
    return language.lexicon.relation(whole, bare(" ".join(new))) == "same"
