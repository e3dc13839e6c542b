"""What variations are like where a given share of the words changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def at_change(points: Sequence[Mapping[str, Any]], share: float) -> dict[str, float] | None:
    """The figures of a radius curve at the radius that changes this share of words; None where no radius does.

    Straight lines between measured radii; a share that falls with the radius is taken to stay.
    """
    changed = np.maximum.accumulate([point["changed"] for point in points])
    if not changed[0] <= share <= changed[-1]:
        return None
    return {name: float(np.interp(share, changed, [point[name] for point in points])) for name in points[0]}
