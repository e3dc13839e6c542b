"""A histogram as inline SVG; colours and type come from the page's style sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_WIDTH, _HEIGHT = 480, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 16, 460, 24, 162
_BINS, _TICKS = 20, 4
_GAP = 2


def histogram(values: ArrayLike, *, label: str, high: float, tick: str, mark: float | None, mark_label: str) -> Markup:
    """The values' distribution over 0 to `high` in 20 equal bins, the last of which also takes what lies beyond.

    Args:
        values: numbers, 0 or above.
        label: what the values are, for those who hear the page.
        high: where the axis ends.
        tick: format specification of the axis, such as `.0%`.
        mark: a value told by a dashed line, or none.
        mark_label: what the line means.
    """
    numbers = np.asarray(values, dtype=np.float64)
    counts, edges = np.histogram(np.clip(numbers, 0, high), bins=_BINS, range=(0, high))
    tallest = max(int(counts.max()), 1)
    bars = Markup().join(
        _bar(count=int(count), tallest=tallest, index=index, span=f"{edges[index]:{tick}}-{edges[index + 1]:{tick}}")
        for index, count in enumerate(counts)
        if count
    )
    beyond = bool((numbers > high).any())
    ticks = Markup().join(_tick(index=index, high=high, tick=tick, beyond=beyond) for index in range(_TICKS + 1))
    line = Markup() if mark is None else _mark(share=min(mark / high, 1), label=mark_label)
    return Markup(
        '<svg class="histogram" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<text x="0" y="{}">{:,}</text><line class="tallest" x1="0" y1="{}" x2="{}" y2="{}"/>{}'
        '<line class="axis" x1="0" y1="{}" x2="{}" y2="{}"/>{}{}</svg>'
    ).format(
        _WIDTH, _HEIGHT, f"Histogram: {label}",
        _TOP - 10, tallest, _TOP, _RIGHT, _TOP, bars,
        _BOTTOM, _RIGHT, _BOTTOM, ticks, line,
    )  # fmt: skip


def _bar(*, count: int, tallest: int, index: int, span: str) -> Markup:
    width = (_RIGHT - _LEFT) / _BINS
    # A lone value among thousands is still seen.
    height = max((_BOTTOM - _TOP) * count / tallest, 1.5)
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}: {:,}</title></rect>').format(
        _LEFT + index * width + _GAP / 2, _BOTTOM - height, width - _GAP, height, span, count
    )


def _tick(*, index: int, high: float, tick: str, beyond: bool) -> Markup:
    last = index == _TICKS
    at_least = "≥ " if last and beyond else ""
    return Markup('<text class="tick" x="{:.1f}" y="{}">{}{}</text>').format(
        _LEFT + index * (_RIGHT - _LEFT) / _TICKS, _BOTTOM + 18, at_least, f"{high * index / _TICKS:{tick}}"
    )


def _mark(*, share: float, label: str) -> Markup:
    x = _LEFT + share * (_RIGHT - _LEFT)
    anchor, offset = ("start", 5) if share < 0.7 else ("end", -5)
    return Markup(
        '<line class="mark" x1="{:.1f}" y1="{}" x2="{:.1f}" y2="{}"/>'
        '<text class="mark" x="{:.1f}" y="{}" text-anchor="{}">{}</text>'
    ).format(x, _TOP - 20, x, _BOTTOM, x + offset, _TOP - 10, anchor, label)
