"""Draws a column chart as inline SVG; colours and type come from the page's style sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH, _HEIGHT = 480, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 16, 460, 34, 172
_THINNEST = 0.8


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its count, a second count `faint` drawn fainter on top, and the span of values for its tooltip."""

    span: str
    count: int
    faint: int = 0

    @property
    def height(self) -> int:
        """The sum of both counts."""
        return self.count + self.faint


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A text at a share (0 to 1) of the axis' length: below the axis, or on a dashed line across it."""

    at: float
    text: str


def column_chart(
    counts: Sequence[Column],
    *,
    label: str,
    ticks: Sequence[Tick],
    marks: Sequence[Tick] = (),
    names: tuple[str, str] | None = None,
) -> Markup:
    """A chart of columns of equal width.

    Args:
        counts: the columns from left to right.
        label: what the chart shows, for screen readers.
        ticks: the texts below the axis.
        marks: the dashed lines.
        names: the names of the counts and of the fainter ones, if there are both.
    """
    tallest = max([1, *(column.height for column in counts)])
    width = (_RIGHT - _LEFT) / max(len(counts), 1)
    bars = Markup().join(
        _bar(column, names, tallest=tallest, left=_LEFT + index * width, width=width)
        for index, column in enumerate(counts)
        if column.height
    )
    return Markup(
        '<svg class="histogram" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<text x="{}" y="{}" text-anchor="end">{:,}</text><line class="tallest" x1="0" y1="{}" x2="{}" y2="{}"/>{}'
        '<line class="axis" x1="0" y1="{}" x2="{}" y2="{}"/>{}{}</svg>'
    ).format(
        _WIDTH, _HEIGHT, f"Histogram: {label}",
        _RIGHT, _TOP - 6, tallest, _TOP, _RIGHT, _TOP, bars,
        _BOTTOM, _RIGHT, _BOTTOM, Markup().join(map(_tick, ticks)), Markup().join(map(_mark, marks)),
    )  # fmt: skip


def _bar(column: Column, names: tuple[str, str] | None, *, tallest: int, left: float, width: float) -> Markup:
    gap = 2 if width > 8 else 0
    tooltip = f"{column.span}: {column.count:,}"
    if names:
        tooltip = f"{tooltip} {names[0]}, {column.faint:,} {names[1]}"
    bar, bottom = Markup(), float(_BOTTOM)
    for count, kind in ((column.count, ""), (column.faint, "faint")):
        if count:
            # A single value stays visible beside thousands, and so does one column among a thousand.
            height = max((_BOTTOM - _TOP) * count / tallest, 1.5)
            bottom -= height
            bar += Markup(
                '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>'
            ).format(kind, left + gap / 2, bottom, max(width - gap, _THINNEST), height, tooltip)
    return bar


def _tick(tick: Tick) -> Markup:
    return Markup('<text class="tick" x="{:.1f}" y="{}">{}</text>').format(_x(tick.at), _BOTTOM + 18, tick.text)


def _mark(mark: Tick) -> Markup:
    x = _x(mark.at)
    anchor, offset = ("start", 5) if mark.at < 0.7 else ("end", -5)
    return Markup(
        '<line class="mark" x1="{:.1f}" y1="{}" x2="{:.1f}" y2="{}"/>'
        '<text class="mark" x="{:.1f}" y="{}" text-anchor="{}">{}</text>'
    ).format(x, _TOP - 32, x, _BOTTOM, x + offset, _TOP - 22, anchor, mark.text)


def _x(share: float) -> float:
    return _LEFT + share * (_RIGHT - _LEFT)
