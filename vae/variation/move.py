"""Defines a move: two runs of words of a sentence change places."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TO_END, TO_FRONT, SWAP = "to end", "to front", "swap"
MOVE_KINDS = (TO_END, TO_FRONT, SWAP)
"""The kinds of moves: the first part goes behind the rest, the last part goes before it, or two parts change places
around a word that joins them."""


@dataclass(frozen=True)
class Move:
    """The words from `start` to before `end` of a segment in another order, with the marks and capitals that it needs.

    The words `start` to `left` and `right` to `end` change places; those between `left` and `right`, if any, stay
    between them. `old` are the words before the move, `new` those after it.
    """

    kind: str
    start: int
    left: int
    right: int
    end: int
    old: tuple[str, ...]
    new: tuple[str, ...]

    @cached_property
    def size(self) -> int:
        """The number of words that the move changes, as `changed_words` counts them."""
        blocks = SequenceMatcher(None, self.old, self.new, autojunk=False).get_matching_blocks()
        return len(self.old) - sum(block.size for block in blocks)

    def written(self, old: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002 - the interface of Replacement
        """Returns the words after the move."""
        return self.new

    @property
    def seams(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The seams among the old words and among the new: where the parts begin and end, counted from `start`."""
        length, first, last = self.end - self.start, self.left - self.start, self.end - self.right
        between = self.right - self.left
        old, new = (0, first, first + between, length), (0, last, last + between, length)
        return tuple(dict.fromkeys(old)), tuple(dict.fromkeys(new))
