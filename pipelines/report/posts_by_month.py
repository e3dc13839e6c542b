"""Shows when the posts were written: a chart by month, and a table of years and months."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.report.column_chart import Column, Tick, column_chart
from pipelines.report.tally import Counted, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_TICKS = 6
_TICK_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 24_000)
YEARS_LISTED = 40


@dataclass(frozen=True, kw_only=True)
class Year:
    """The posts of a year, and its counts by month from January on."""

    posts: Counted
    months: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PostsByMonth:
    """The posts by year and month: the last 40 years with posts, and in `earlier` the sum of the years before."""

    dated: int
    undated: int
    first: str
    last: str
    years: tuple[Year, ...]
    earlier: int
    chart: Markup

    @classmethod
    def of(cls, counts: Mapping[str, int] | None) -> PostsByMonth | None:
        """From counts by month, such as `2019-05`; any other key is undated. None if no post is dated."""
        counted = {key: count for key, count in sorted((counts or {}).items()) if count}
        dated = {key: count for key, count in counted.items() if _MONTH.fullmatch(key)}
        if not dated:
            return None
        by_year: Counter[str] = Counter()
        for month, count in dated.items():
            by_year[month[:4]] += count
        years = Tally.in_order(by_year).rows
        return cls(
            dated=sum(dated.values()),
            undated=sum(counted.values()) - sum(dated.values()),
            first=next(iter(dated)),
            last=next(reversed(dated)),
            years=tuple(_year(posts, dated) for posts in years[-YEARS_LISTED:]),
            earlier=sum(posts.count for posts in years[:-YEARS_LISTED]),
            chart=_chart(dated),
        )


def _year(posts: Counted, dated: Mapping[str, int]) -> Year:
    months = tuple(dated.get(f"{posts.name}-{month:02d}", 0) for month in range(1, 13))
    return Year(posts=posts, months=months)


def _chart(dated: Mapping[str, int]) -> Markup:
    first, last = (_number(month) for month in (min(dated), max(dated)))
    months = range(first, last + 1)
    step = next(step for step in _TICK_MONTHS if len(months) <= step * _TICKS or step == _TICK_MONTHS[-1])
    return column_chart(
        [Column(span=_name(month), count=dated.get(_name(month), 0)) for month in months],
        label="posts by month",
        ticks=[
            Tick(at=(index + 0.5) / len(months), text=_name(month)[: 4 if step % 12 == 0 else 7])
            for index, month in enumerate(months)
            if month % step == 0
        ],
    )


def _number(month: str) -> int:
    return 12 * int(month[:4]) + int(month[5:]) - 1


def _name(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
