"""The values that a rule keeps, as a run's settings and rejects tell them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The least and the greatest value kept; None where there is no such bound, or none is known."""

    minimum: float | None = None
    maximum: float | None = None

    @classmethod
    def of(cls, limits: Any, *, missed: tuple[float, float] | None) -> Bounds:
        """The bounds of a rule.

        Args:
            limits: its thresholds among the run's settings.
            missed: a rejected value and the threshold it missed, for a rule whose settings hold none.
        """
        found = {
            name: float(limits[name])
            for name in ("minimum", "maximum")
            if isinstance(limits, dict) and isinstance(limits.get(name), int | float)
        }
        if not found and missed:
            value, threshold = missed
            found = {"maximum" if value > threshold else "minimum": threshold}
        return cls(**found)

    def marks(self) -> dict[str, float]:
        """The bounds by what a line at them means."""
        told = {"at least": self.minimum, "at most": self.maximum}
        return {f"{side} {bound:.4g}": bound for side, bound in told.items() if bound is not None}

    def distances(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far each value is from the bound it is nearest to, or has missed."""
        low = -np.inf if self.minimum is None else self.minimum
        high = np.inf if self.maximum is None else self.maximum
        distances: NDArray[np.float64] = np.abs(np.fmin(values - low, high - values))
        return distances
