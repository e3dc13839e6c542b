from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from pipelines.filters.rule import Candidate, Judgement
from pipelines.filters.words import ngrams, words_of


@dataclass(frozen=True, kw_only=True)
class Sibling:
    """Kept if no variation accepted earlier for the same post is more alike than maximum.

    Likeness is the Jaccard index of the sets of three-word runs (shingles: Broder 1997). Variations of one post are
    alike by design, so the default lies far above the 0.75 to 0.8 by which corpora drop near duplicates.
    """

    name: ClassVar[str] = "sibling"
    maximum: float = 0.97

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on the likeness to the nearest accepted variation."""
        shingles = _shingles(candidate.text)
        likeness = [_jaccard(shingles, _shingles(accepted)) for accepted in candidate.accepted]
        nearest = max(likeness, default=0.0)
        kept = nearest <= self.maximum
        reason = "" if kept else self._reason(likeness)
        return Judgement(rule=self.name, kept=kept, value=nearest, threshold=self.maximum, reason=reason)

    def _reason(self, likeness: list[float]) -> str:
        nearest = max(likeness)
        return (
            f"nearly the same as accepted variation {likeness.index(nearest) + 1} of this post: the share of common "
            f"three-word runs {nearest:.4g} is above the maximum {self.maximum:.4g}"
        )


@lru_cache(maxsize=64)  # an accepted variation is met again by every later one
def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = words_of(text)
    return frozenset(ngrams(words, 3) or [words])


def _jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)
