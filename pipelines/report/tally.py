"""Counts by name as the page lists them: the most frequent, and the rest as one sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LISTED = 20


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A name's count, its share of the whole, and its bar's length as a share of the longest bar's."""

    name: str
    count: int
    share: float
    bar: float


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The rows listed; how many names are left out, and their sum."""

    rows: tuple[Counted, ...]
    names: int
    left_out: Counted | None

    @classmethod
    def of(cls, counts: Mapping[str, int] | None, *, whole: int | None = None) -> Tally:
        """The 20 most frequent names, in order of count; shares are of `whole`, or of all counts together."""
        found = _counted(counts)
        ordered = sorted(found, key=lambda pair: (-pair[1], pair[0]))
        return cls._rows(ordered[:LISTED], ordered[LISTED:], whole=whole or sum(count for _, count in found))

    @classmethod
    def in_order(cls, counts: Mapping[str, int] | None) -> Tally:
        """Every name, in the order given; shares are of all counts together."""
        found = _counted(counts)
        return cls._rows(found, [], whole=sum(count for _, count in found))

    @classmethod
    def _rows(cls, listed: list[tuple[str, int]], rest: list[tuple[str, int]], *, whole: int) -> Tally:
        longest = max((count for _, count in listed), default=1)
        rows = tuple(
            Counted(name=name, count=count, share=count / whole, bar=count / longest) for name, count in listed
        )
        left = sum(count for _, count in rest)
        return cls(
            rows=rows,
            names=len(rows) + len(rest),
            left_out=Counted(name="", count=left, share=left / whole, bar=left / longest) if rest else None,
        )


def _counted(counts: Mapping[str, int] | None) -> list[tuple[str, int]]:
    return [(name, count) for name, count in (counts or {}).items() if count]
