"""Reads a radius curve at the radius that changes a given share of the words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def at_change(points: Sequence[Mapping[str, Any]], share: float) -> dict[str, float] | None:
    """Returns the figures of a radius curve at the radius that changes this share of words, or None if no radius does.

    Figures between two measured radii lie on a straight line. Where the share of changed words falls with a larger
    radius, the larger share before it is used.
    """
    changed = np.maximum.accumulate([point["changed"] for point in points])
    if not changed[0] <= share <= changed[-1]:
        return None
    return {name: float(np.interp(share, changed, [point[name] for point in points])) for name in points[0]}
