"""Shows how long posts and segments are, from counts by the greatest length of each span."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from pipelines.report.column_chart import Column, Tick, column_chart
from pipelines.report.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

_TICKS = 8


@dataclass(frozen=True, kw_only=True)
class PostLengths:
    """Posts by their number of words. `median` is estimated: words are taken to spread evenly within a span."""

    table: Tally
    mean: float | None
    median: float
    chart: Markup

    @classmethod
    def of(cls, counts: Mapping[str, int] | None, *, words: int | None) -> PostLengths | None:
        """From counts by power of two, and the `words` of all posts together. None if there is no post."""
        spans = _spans(counts)
        if not spans:
            return None
        posts = sum(spans.values())
        return cls(
            table=length_tally(counts),
            mean=None if words is None else words / posts,
            median=_median(spans, posts),
            chart=_chart(spans),
        )


def _median(spans: Mapping[int, int], posts: int) -> float:
    """The median of grouped values, by linear interpolation in the span that holds it."""
    below = dict(zip(spans, accumulate(spans.values(), initial=0), strict=False))
    bound = next(bound for bound, count in spans.items() if 2 * (below[bound] + count) >= posts)
    least = bound // 2
    return least + (bound - least) * (posts / 2 - below[bound]) / spans[bound]


def length_tally(counts: Mapping[str, int] | None) -> Tally:
    """The counts by span of lengths, the shortest first."""
    spans = _spans(counts)
    return Tally.in_order({_span_text(bound, list(spans)): count for bound, count in spans.items()})


def _spans(counts: Mapping[str, int] | None) -> dict[int, int]:
    return dict(sorted((int(bound), count) for bound, count in (counts or {}).items() if count))


def _span_text(bound: int, bounds: list[int]) -> str:
    before = max((lower for lower in bounds if lower < bound), default=0)
    return f"{before + 1:,} to {bound:,}" if before + 1 < bound else f"{bound:,}"


def _chart(spans: Mapping[int, int]) -> Markup:
    powers = range(min(spans).bit_length() - 1, max(spans).bit_length())
    bounds = [1 << power for power in powers]
    step = -(-len(bounds) // _TICKS)
    return column_chart(
        [Column(span=f"{_span_text(bound, bounds)} words", count=spans.get(bound, 0)) for bound in bounds],
        label="posts by number of words",
        ticks=[
            Tick(at=(index + 1) / len(bounds), text=f"{bound:,}")
            for index, bound in enumerate(bounds)
            if (len(bounds) - 1 - index) % step == 0
        ],
    )
