"""The best and most diverse of a post's candidates."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.words_and_phrases import ngrams, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What `select` goes by.

    `balance`, 0 to 1, is the weight of quality against diversity; two variations of a post are never more alike than
    `most_alike`. They are alike by design, so the default lies far above the 0.75 to 0.8 by which corpora drop near
    duplicates.
    """

    name: ClassVar[str] = "selection"
    balance: float = 0.5
    most_alike: float = 0.97


def quality(scores: Mapping[str, float | None]) -> float:
    """How good a candidate is by what was measured, 0 to 1; 1 where nothing was.

    The mean of its similarity and of its worst sentence's, or else 1 - the latent distance.
    """
    cosines = [max(0.0, cosine) for cosine in map(scores.get, ("similarity", "worst_sentence")) if cosine is not None]
    if cosines:
        return fmean(cosines)
    distance = scores.get("cycle")
    return 1.0 if distance is None else max(0.0, 1 - distance)


def select(
    texts: Sequence[str], quality: Sequence[float], count: int, *, balance: float, most_alike: float
) -> list[int]:
    """The numbers of at most `count` texts, best first, by maximal marginal relevance.

    Carbonell & Goldstein 1998: each next text has the highest balance × quality - (1 - balance) × likeness to the
    nearest one chosen, the earlier one of equals. Likeness is the Jaccard index of the sets of three-word runs
    (shingles: Broder 1997). A text more alike than `most_alike` to one chosen is never taken.
    """
    shingles = [_shingles(text) for text in texts]
    nearest = [0.0] * len(texts)
    chosen: list[int] = []
    while len(chosen) < count:
        left = [number for number in range(len(texts)) if number not in chosen and nearest[number] <= most_alike]
        if not left:
            break
        best = max(left, key=lambda number: balance * quality[number] - (1 - balance) * nearest[number])
        chosen.append(best)
        nearest = [max(near, _jaccard(shingles[best], other)) for near, other in zip(nearest, shingles, strict=True)]
    return chosen


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = words_of(text)
    return frozenset(ngrams(words, 3) or [words])


def _jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)
