from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from pipelines.filters.rule import Candidate, Judgement
from pipelines.filters.words import ngrams, words_of


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """Kept if the share of repeated four-word runs exceeds the source's own share by at most maximum.

    A run is repeated if the same four words stood earlier in the text. The measure is the duplicate n-grams of Gopher
    (Rae et al. 2021, table A1: 0.10 to 0.15 for 5 to 10 words, absolute); above the source's share the default is
    stricter, since a refrain that the source has is no fault of the variation.
    """

    name: ClassVar[str] = "repetition"
    maximum: float = 0.05

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on the share of repeated four-word runs beyond the source's."""
        share, source_share = _repeated(candidate.text), _repeated(candidate.source)
        surplus = max(0.0, share - source_share)
        kept = surplus <= self.maximum
        reason = (
            f"the text repeats itself: {share:.4g} of its four-word runs stood before, in the source "
            f"{source_share:.4g}; the difference {surplus:.4g} is above the maximum {self.maximum:.4g}"
        )
        return Judgement(
            rule=self.name, kept=kept, value=surplus, threshold=self.maximum, reason="" if kept else reason
        )


@lru_cache(maxsize=16)  # one source has many variations
def _repeated(text: str) -> float:
    grams = ngrams(words_of(text), 4)
    return 1 - len(set(grams)) / len(grams) if grams else 0.0
