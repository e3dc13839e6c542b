"""Phrases that authors replaced by others when they revised their own prose."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

REWORDING_COLUMNS = "old\tnew\tpairs\tsources\tunchanged"


class Reworded(NamedTuple):
    """A phrase of one to five words in lower case that was put in another's place.

    `pairs`: sentences in which it was; `sources`: owners of the texts they are from; `unchanged`: revised sentences in
    which the other phrase stayed as it was.
    """

    new: str
    pairs: int
    sources: int
    unchanged: int

    @property
    def rate(self) -> float:
        """How often it took the other's place where that stood in a sentence under revision, 0 to 1."""
        return self.pairs / (self.pairs + self.unchanged)


def read_rewordings(lines: Iterable[str]) -> dict[str, tuple[Reworded, ...]]:
    """By the phrase replaced what replaced it, the most frequent first; a first line names the columns."""
    found: dict[str, list[Reworded]] = {}
    for line in list(lines)[1:]:
        old, new, *counts = line.split("\t")
        found.setdefault(old, []).append(Reworded(new, *map(int, counts)))
    return {old: tuple(sorted(of_old, key=lambda each: (-each.rate, each.new))) for old, of_old in found.items()}
