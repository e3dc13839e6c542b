"""Draws a histogram of values as inline SVG, with an axis that fits them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from pipelines.report.column_chart import Column, Tick, column_chart

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from markupsafe import Markup
    from numpy.typing import ArrayLike, NDArray

_BINS, _TICKS = 20, 4
_TAIL = 0.5
"""The percentage of values at either end that may lie beyond the axis, so that outliers do not flatten the rest."""


def histogram(
    values: ArrayLike,
    *,
    fainter: ArrayLike = (),
    names: tuple[str, str] | None = None,
    label: str,
    marks: Mapping[str, float],
) -> Markup:
    """The distribution of the values in 20 equal bins. The outer bins also hold the values beyond the axis.

    Args:
        values: finite numbers.
        fainter: finite numbers that are drawn fainter on top.
        names: the names of both kinds of values.
        label: what is measured, for screen readers.
        marks: the values that dashed lines mark, by the line's text; the axis reaches them.
    """
    arrays = [np.asarray(numbers, dtype=np.float64) for numbers in (values, fainter)]
    both = np.concatenate(arrays)
    ticks = _ticks(both, marks.values())
    low, high = ticks[0], ticks[-1]
    counts, more = (np.histogram(np.clip(numbers, low, high), bins=_BINS, range=(low, high))[0] for numbers in arrays)
    edges = np.linspace(low, high, _BINS + 1)
    texts = [f"{tick:.4g}" for tick in ticks]
    texts[0] = f"≤ {texts[0]}" if bool((both < low).any()) else texts[0]
    texts[-1] = f"≥ {texts[-1]}" if bool((both > high).any()) else texts[-1]
    return column_chart(
        [
            Column(span=f"{begin:.4g} to {end:.4g}", count=int(count), faint=int(faint))
            for begin, end, count, faint in zip(edges[:-1], edges[1:], counts, more, strict=True)
        ],
        label=label,
        ticks=[Tick(at=(tick - low) / (high - low), text=text) for tick, text in zip(ticks, texts, strict=True)],
        marks=[Tick(at=(value - low) / (high - low), text=text) for text, value in marks.items()],
        names=names,
    )


def is_one_bar(values: ArrayLike, *, marks: Mapping[str, float]) -> bool:
    """Whether all values fall into one bin of their histogram, which then tells nothing that a sentence does not."""
    numbers = np.asarray(values, dtype=np.float64)
    ticks = _ticks(numbers, marks.values())
    counts, _ = np.histogram(np.clip(numbers, ticks[0], ticks[-1]), bins=_BINS, range=(ticks[0], ticks[-1]))
    return int((counts > 0).sum()) == 1


def _ticks(values: NDArray[np.float64], marks: Iterable[float]) -> list[float]:
    ends = list(marks)
    if values.size:
        ends += np.percentile(values, [_TAIL, 100 - _TAIL]).tolist()
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    if low == high:
        low, high = (low, low + 1) if low >= 0 else (low - 1, low)
    ticks = MaxNLocator(nbins=_TICKS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in ticks]
