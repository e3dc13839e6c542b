from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipelines.filters.rule import Candidate, Judgement
from pipelines.filters.words import words_of


@dataclass(frozen=True, kw_only=True)
class LengthRatio:
    """Kept if the words of the text, divided by those of the source, lie within minimum and maximum.

    The threshold told is the bound missed. The defaults are this project's: a variation says about as much as its
    source, where the field's absolute lengths (Gopher: 50 to 100,000 words) would drop every short post.
    """

    name: ClassVar[str] = "length_ratio"
    minimum: float = 0.6
    maximum: float = 1.6

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on the ratio of words."""
        words, source_words = len(words_of(candidate.text)), len(words_of(candidate.source))
        ratio = 1.0 if words == source_words else words / max(source_words, 1)
        too_short = ratio < self.minimum
        threshold, side = (self.minimum, "below the minimum") if too_short else (self.maximum, "above the maximum")
        kept = not too_short and ratio <= self.maximum
        reason = f"{words} words for {source_words} in the source: the ratio {ratio:.4g} is {side} {threshold:.4g}"
        return Judgement(rule=self.name, kept=kept, value=ratio, threshold=threshold, reason="" if kept else reason)
