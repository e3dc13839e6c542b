"""Which latent radius changes which share of the words, as measured on held-out texts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np

RADII = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3)


@dataclass(frozen=True)
class Calibration:
    """For each strategy with a radius: (radius, share of words that differ in a decoded text), in order of radius."""

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

    def matching(self, strategy: str, radius: float) -> float:
        """The radius of a strategy that changes as many words as `radius` does around a text.

        The radius itself for `neighbour`, and where one of both was not measured.
        """
        around = self.curves.get("neighbour")
        if strategy == "neighbour" or not around or strategy not in self.curves:
            return radius
        radii, shares = zip(*around, strict=True)
        return self.radius(strategy, float(np.interp(radius, radii, np.maximum.accumulate(shares))))

    def to_json(self) -> str:
        """What calibration.json holds."""
        return json.dumps({"curves": self.curves}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Reads what to_json wrote."""
        curves = json.loads(text)["curves"]
        return cls({name: [(float(x), float(y)) for x, y in curve] for name, curve in curves.items()})
