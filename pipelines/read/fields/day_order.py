from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipelines.posts.post import RawPost, Reject, site_of
from pipelines.read.fields.dates import DAY_FIRST, MONTH_FIRST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_AHEAD: Final = 1000
"""How many items are looked at before an order is settled."""

_AHEAD_CHARACTERS: Final = 4 << 20


class DayOrders:
    """Decides for each site whether `03/04/2020` is a day of March or of April, as most of its clear dates are written.

    If no date of the site is clear, or both orders are as common, the day stays as `read_day` gave it. A decision is
    kept for all later posts.

    Attributes:
        decided: the number of ambiguous dates by site and the order they were read in.
        unread: the number of times each text was met that should be a date and was not understood.
    """

    def __init__(self) -> None:
        self.decided: Counter[tuple[str, str]] = Counter()
        self.unread: Counter[str] = Counter()
        self._seen: Counter[tuple[str, str, str]] = Counter()
        self._settled: dict[tuple[str, str], str] = {}

    def settle(self, items: Iterable[RawPost | Reject]) -> Iterator[RawPost | Reject]:
        """Yields the items in order with ambiguous days decided; holds 1,000 items or 4 million characters at most."""
        held: list[RawPost | Reject] = []
        size = 0
        in_doubt: set[tuple[str, str]] = set()
        for item in items:
            if isinstance(item, RawPost):
                self._see(item, in_doubt)
                if not in_doubt:
                    yield self._with_day(item)
                    continue
                size += len(item.content)
            held.append(item)
            if not in_doubt or len(held) == _AHEAD or size >= _AHEAD_CHARACTERS:
                yield from self._let_go(held, in_doubt)
                size = 0
        yield from self._let_go(held, in_doubt)

    def _see(self, post: RawPost, in_doubt: set[tuple[str, str]]) -> None:
        if post.date_unread:
            self.unread[post.date_unread] += 1
        if not post.date_mark:
            return
        key = _key(post)
        if post.date_order:
            self._seen[(*key, post.date_order)] += 1
        elif post.date_other and key not in self._settled:
            in_doubt.add(key)

    def _let_go(self, held: list[RawPost | Reject], in_doubt: set[tuple[str, str]]) -> Iterator[RawPost | Reject]:
        for key in in_doubt:
            by_day, by_month = (self._seen[(*key, order)] for order in (DAY_FIRST, MONTH_FIRST))
            usual = MONTH_FIRST if key[1] == "/" else DAY_FIRST
            self._settled[key] = usual if by_day == by_month else DAY_FIRST if by_day > by_month else MONTH_FIRST
        in_doubt.clear()
        yield from (self._with_day(item) for item in held)
        held.clear()

    def _with_day(self, item: RawPost | Reject) -> RawPost | Reject:
        if isinstance(item, Reject) or not item.date_other:
            return item
        key = _key(item)
        order = self._settled[key]
        self.decided[key[0], order] += 1
        as_given = order == (MONTH_FIRST if item.date_mark == "/" else DAY_FIRST)
        return item if as_given else replace(item, date=item.date_other, date_other=item.date)


def _key(post: RawPost) -> tuple[str, str]:
    return site_of(post.source, post.position), post.date_mark
