"""Which latent radius changes which share of the words, as measured on held-out texts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np

RADII = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3)


@dataclass(frozen=True)
class Calibration:
    """For each strategy with a radius, (radius, share of changed words) in order of radius."""

    curves: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def radius(self, strategy: str, change: float) -> float:
        """The radius that changes this share of words, between or beyond the measured ones the nearest.

        A strategy that was not measured has radius 1.
        """
        curve = self.curves.get(strategy)
        if not curve:
            return 1.0
        radii, shares = zip(*curve, strict=True)
        return float(np.interp(change, np.maximum.accumulate(shares), radii))

    def floor(self, strategy: str) -> float:
        """The share of words that changes without any step: what reconstruction loses."""
        curve = self.curves.get(strategy)
        return curve[0][1] if curve else 0.0

    def to_json(self) -> str:
        """What calibration.json holds."""
        return json.dumps(self.curves, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Reads what to_json wrote."""
        return cls({name: [(float(r), float(c)) for r, c in curve] for name, curve in json.loads(text).items()})
