"""Prepares counts by name for a list on a page: the most frequent names, and the rest as one sum."""

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
    """The listed names, the number of all names, and the sum of the names that are left out."""

    rows: tuple[Counted, ...]
    names: int
    left_out: Counted | None

    @classmethod
    def of(cls, counts: Mapping[str, int] | None, *, whole: int | None = None) -> Tally:
        """Lists the 20 most frequent names, highest count first. Shares are of `whole`, or else of all counts."""
        positive = _positive(counts)
        ordered = sorted(positive, key=lambda pair: (-pair[1], pair[0]))
        return cls._rows(ordered[:LISTED], ordered[LISTED:], whole=whole or sum(count for _, count in positive))

    @classmethod
    def in_order(cls, counts: Mapping[str, int] | None) -> Tally:
        """Lists every name in the given order. Shares are of the sum of all counts."""
        positive = _positive(counts)
        return cls._rows(positive, [], whole=sum(count for _, count in positive))

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


def _positive(counts: Mapping[str, int] | None) -> list[tuple[str, int]]:
    return [(name, count) for name, count in (counts or {}).items() if count]
