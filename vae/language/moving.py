"""Reads the counts of words that open or join the parts of a sentence that authors move."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

MOVING_COLUMNS = "word\tfronted\tbegins\tinside\tswapped"


class Moving(NamedTuple):
    """The counts of a word where parts of sentences move.

    `fronted`: sentences that begin with it and a part put first, up to a comma; `begins`: all sentences that begin with
    it; `inside`: its places inside sentences, after a word without a punctuation mark; `swapped`: revisions in which
    the parts before and after it changed places.
    """

    fronted: int
    begins: int
    inside: int
    swapped: int

    @property
    def rate(self) -> float:
        """The share, 0 to 1, of the sentences beginning with the word that put a part first."""
        return self.fronted / max(1, self.begins)


def read_moving(lines: Iterable[str]) -> dict[str, Moving]:
    """Returns the counts by word from the lines of a table, the first of which names the columns."""
    return {word: Moving(*map(int, counts)) for word, *counts in (line.split("\t") for line in list(lines)[1:])}
