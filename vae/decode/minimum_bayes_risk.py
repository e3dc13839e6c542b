"""Minimum Bayes risk decoding: selects the candidate that is most like all others."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Grams = Counter[tuple[int, ...]]

_EDGE = -1
"""Stands before the first piece and after the last one."""


def most_expected(candidates: Sequence[list[int]]) -> list[int]:
    """Returns the candidate with the highest mean utility (Eikema & Aziz 2020), the first of equals.

    The utility of one text for another is the mean of two F1 scores: that of their pieces, and that of their pairs of
    neighbouring pieces, where both edges of a text count as pieces.
    """
    counts = [_counts(candidate) for candidate in candidates]
    utilities = [sum(_utility(own, other) for other in counts) for own in counts]
    return candidates[utilities.index(max(utilities))]


def _counts(text: list[int]) -> tuple[Grams, Grams]:
    return Counter((piece,) for piece in text), Counter(pairwise([_EDGE, *text, _EDGE]))


def _utility(first: tuple[Grams, Grams], second: tuple[Grams, Grams]) -> float:
    return (_f1(first[0], second[0]) + _f1(first[1], second[1])) / 2


def _f1(first: Grams, second: Grams) -> float:
    """Returns the harmonic mean of precision and recall; it is 1 where both sides are empty."""
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0
