"""Words that open or join the parts of a sentence that authors move."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

MOVING_COLUMNS = "word\tfronted\tbegins\tinside\tswapped"


class Moving(NamedTuple):
    """How often a word was met where parts of sentences move.

    `fronted`: sentences that it begins with a part put first, up to a comma; `begins`: all that it begins; `inside`:
    its places inside sentences, behind a word without a mark; `swapped`: revisions in which what stands before and
    behind it changed places.
    """

    fronted: int
    begins: int
    inside: int
    swapped: int

    @property
    def rate(self) -> float:
        """The share of the sentences that it begins in which it opens a part put first, 0 to 1."""
        return self.fronted / max(1, self.begins)


def read_moving(lines: Iterable[str]) -> dict[str, Moving]:
    """By word; a first line names the columns."""
    return {word: Moving(*map(int, counts)) for word, *counts in (line.split("\t") for line in list(lines)[1:])}
