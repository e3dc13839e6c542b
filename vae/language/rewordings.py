"""Reads the phrases that authors replaced by others when they revised their own prose."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

REWORDING_COLUMNS = "old\tnew\tpairs\tsources\tunchanged"


class Reworded(NamedTuple):
    """A phrase that authors put in the place of another.

    `new`: the phrase, one to five words in lower case; `pairs`: sentences in which it replaced the old phrase;
    `sources`: owners of the texts with those sentences; `unchanged`: revised sentences that kept the old phrase.
    """

    new: str
    pairs: int
    sources: int
    unchanged: int

    @property
    def rate(self) -> float:
        """The share, 0 to 1, of the revised sentences with the old phrase in which this one replaced it."""
        return self.pairs / (self.pairs + self.unchanged)


def read_rewordings(lines: Iterable[str]) -> dict[str, tuple[Reworded, ...]]:
    """Returns rewordings by the phrase replaced, the highest rate first; the first line names the columns."""
    by_phrase: dict[str, list[Reworded]] = {}
    for line in list(lines)[1:]:
        old, new, *counts = line.split("\t")
        by_phrase.setdefault(old, []).append(Reworded(new, *map(int, counts)))
    return {old: tuple(sorted(group, key=lambda each: (-each.rate, each.new))) for old, group in by_phrase.items()}
