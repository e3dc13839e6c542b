"""A column chart as inline SVG; colours and type come from the page's style sheet."""

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
    """How many, and of what, as told on pointing at it; `faint` more stand on top, drawn fainter."""

    span: str
    count: int
    faint: int = 0

    @property
    def height(self) -> int:
        """Both together."""
        return self.count + self.faint


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A text below the axis or on a dashed line across it, at a share (0 to 1) of the axis' length."""

    at: float
    text: str


def columns(
    counts: Sequence[Column],
    *,
    label: str,
    ticks: Sequence[Tick],
    marks: Sequence[Tick] = (),
    names: tuple[str, str] | None = None,
) -> Markup:
    """The counts as columns of equal width.

    Args:
        counts: from left to right.
        label: for those who hear the page.
        ticks: texts below the axis.
        marks: dashed lines.
        names: of the counts and of those drawn fainter, where there are two.
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
    told = f"{column.span}: {column.count:,}"
    if names:
        told = f"{told} {names[0]}, {column.faint:,} {names[1]}"
    bar, bottom = Markup(), float(_BOTTOM)
    for count, kind in ((column.count, ""), (column.faint, "faint")):
        if count:
            # A lone value among thousands is still seen, as is a column of a thousand.
            height = max((_BOTTOM - _TOP) * count / tallest, 1.5)
            bottom -= height
            bar += Markup(
                '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>'
            ).format(kind, left + gap / 2, bottom, max(width - gap, _THINNEST), height, told)
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
