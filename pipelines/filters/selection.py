"""Chooses the best and most diverse candidates of a post."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.words_and_phrases import folded_words, ngrams

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The settings of `select`.

    `balance`, 0 to 1, is the weight of quality against diversity. Two variations of a post are never more alike than
    `most_alike`. Variations are alike by design, so the default lies far above the 0.75 to 0.8 at which corpora drop
    near duplicates.
    """

    name: ClassVar[str] = "selection"
    balance: float = default_threshold("selection", "balance")
    most_alike: float = default_threshold("selection", "most_alike")


def quality(scores: Mapping[str, float | None]) -> float:
    """The quality of a candidate by its scores, 0 to 1; 1 if it has none of those that are needed.

    Quality is the mean of the scores of `similarity` and `worst_sentence`, or else 1 - the score of `cycle`.
    """
    cosines = [max(0.0, cosine) for cosine in map(scores.get, ("similarity", "worst_sentence")) if cosine is not None]
    if cosines:
        return fmean(cosines)
    distance = scores.get("cycle")
    return 1.0 if distance is None else max(0.0, 1 - distance)


def select(
    texts: Sequence[str], quality: Sequence[float], count: int, *, balance: float, most_alike: float
) -> list[int]:
    """The indices of at most `count` texts, best first, by maximal marginal relevance (Carbonell & Goldstein 1998).

    Each next text has the highest balance × quality - (1 - balance) × likeness to the most alike text chosen so far;
    the earlier text wins a tie. Likeness is the Jaccard index of the sets of three-word runs (shingles: Broder 1997).
    A text more alike than `most_alike` to a chosen one is never taken.
    """
    shingles = [_shingles(text) for text in texts]
    nearest = [0.0] * len(texts)
    chosen: list[int] = []
    while len(chosen) < count:
        left = [index for index in range(len(texts)) if index not in chosen and nearest[index] <= most_alike]
        if not left:
            break
        best = max(left, key=lambda index: balance * quality[index] - (1 - balance) * nearest[index])
        chosen.append(best)
        nearest = [max(near, _jaccard(shingles[best], other)) for near, other in zip(nearest, shingles, strict=True)]
    return chosen


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = folded_words(text)
    return frozenset(ngrams(words, 3) or [words])


def _jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)
