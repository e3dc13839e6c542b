"""A histogram of measured values as inline SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.report.columns import Column, Tick, columns

if TYPE_CHECKING:
    from markupsafe import Markup
    from numpy.typing import ArrayLike

_BINS, _TICKS = 20, 4


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
    beyond = "≥ " if bool((numbers > high).any()) else ""
    shares = [index / _TICKS for index in range(_TICKS + 1)]
    return columns(
        [
            Column(span=f"{low:{tick}}-{up:{tick}}", count=int(count))
            for count, low, up in zip(counts, edges[:-1], edges[1:], strict=True)
        ],
        label=label,
        ticks=[Tick(at=share, text=f"{beyond if share == 1 else ''}{high * share:{tick}}") for share in shares],
        mark=None if mark is None else Tick(at=min(mark / high, 1), text=mark_label),
    )
