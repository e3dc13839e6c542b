"""The candidate that is most like all the others."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Grams = Counter[tuple[int, ...]]

_EDGE = -1


def most_expected(candidates: Sequence[list[int]]) -> list[int]:
    """The text of the highest mean utility for all candidates, the first of equals (Eikema & Aziz 2020).

    The utility of one text for another is the mean of two F1: of their pieces, and of their pairs of neighbours, the
    two ends among them.
    """
    counts = [_counts(candidate) for candidate in candidates]
    expected = [sum(_utility(own, other) for other in counts) for own in counts]
    return candidates[expected.index(max(expected))]


def _counts(text: list[int]) -> tuple[Grams, Grams]:
    return Counter((piece,) for piece in text), Counter(pairwise([_EDGE, *text, _EDGE]))


def _utility(first: tuple[Grams, Grams], second: tuple[Grams, Grams]) -> float:
    return (_f1(first[0], second[0]) + _f1(first[1], second[1])) / 2


def _f1(first: Grams, second: Grams) -> float:
    """The harmonic mean of precision and recall; two texts without any are alike."""
    together = first.total() + second.total()
    return 2 * (first & second).total() / together if together else 1.0
