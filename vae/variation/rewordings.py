"""Phrases of a segment that authors reword, as their revisions show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.variation.phrases import Phrase
from vae.variation.words import bare, bare_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.language.language import Language
    from vae.variation.words import Words

LONGEST = 5
"""Words of the longest phrase that is looked up."""


def rewordings(words: Words, free: Sequence[bool], language: Language) -> list[Phrase]:
    """The runs of free words that the language's table rewords, without marks inside."""
    plain = [bare(word).replace("’", "'") for word in words.words]
    found = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            if not free[end - 1] or words.spans[end - 1] is None:
                break
            known = language.rewordings.get(" ".join(plain[start:end]), ())
            ends = bare_case(words.words[end - 1]) != words.words[end - 1]
            # What a clause ends in is not contracted: "so it is." is not "so it's."
            fitting = [each.new for each in known if not (ends and "'" in each.new)]
            found += [Phrase(start, end, tuple(_written(new, words).split())) for new in fitting]
            if ends:
                break
    return found


def _written(new: str, words: Words) -> str:
    """With the apostrophe that the segment writes."""
    return new.replace("'", "’") if any("’" in word for word in words.words) else new
