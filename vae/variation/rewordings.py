"""Phrases of a segment that authors reword, as their revisions show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.variation.phrases import Phrase
from vae.variation.words import bare, bare_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vae.language.language import Language
    from vae.variation.words import Words

LONGEST = 5
"""Words of the longest phrase that is looked up."""


def rewordings(words: Words, free: Sequence[bool], language: Language) -> list[Phrase]:
    """The runs of free words that the language's table rewords, without marks inside.

    None that cuts another of these in two: "you have" is no phrase of "you have to go", for "have to" is one.
    """
    plain = [bare(word).replace("’", "'") for word in words.words]
    runs = [run for start in range(len(words)) for run in _runs(words, free, start)]
    known = {
        run: language.rewordings[text] for run in runs if (text := " ".join(plain[slice(*run)])) in language.rewordings
    }
    return [
        Phrase(start, end, tuple(_written(each.new, words).split()))
        for (start, end), others in known.items()
        if not any(start < other < end < last for other, last in known)
        for each in others
        # What a clause ends in is not contracted: "so it is." is not "so it's."
        if not ("'" in each.new and bare_case(words.words[end - 1]) != words.words[end - 1])
    ]


def _runs(words: Words, free: Sequence[bool], start: int) -> Iterator[tuple[int, int]]:
    """Runs of up to LONGEST free words from a place on, to the first mark."""
    for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
        if not free[end - 1] or words.spans[end - 1] is None:
            return
        yield start, end
        if bare_case(words.words[end - 1]) != words.words[end - 1]:
            return


def _written(new: str, words: Words) -> str:
    """With the apostrophe that the segment writes."""
    return new.replace("'", "’") if any("’" in word for word in words.words) else new
