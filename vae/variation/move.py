"""Two runs of words of a sentence that change places."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TO_END, TO_FRONT, SWAP = "to end", "to front", "swap"
MOVE_KINDS = (TO_END, TO_FRONT, SWAP)
"""What stood first goes behind the rest; what stood last goes before it; two parts change places around a word."""


@dataclass(frozen=True)
class Move:
    """Words `start` to `end` of a segment in another order, `new`, with the marks and capitals that are due there.

    Words `start` to `left` and `right` to `end` change places; those between, if any, stay between them. `old` are the
    words as they stand.
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
        """Words it changes, as `changed_words` counts them."""
        blocks = SequenceMatcher(None, self.old, self.new, autojunk=False).get_matching_blocks()
        return len(self.old) - sum(block.size for block in blocks)

    def written(self, old: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002 - as of a Replacement
        """What stands instead of its words."""
        return self.new

    @property
    def seams(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Places before which words meet, counted from `start`: among the old words those that part, then the new."""
        length, first, last = self.end - self.start, self.left - self.start, self.end - self.right
        between = self.right - self.left
        old, new = (0, first, first + between, length), (0, last, last + between, length)
        return tuple(dict.fromkeys(old)), tuple(dict.fromkeys(new))
