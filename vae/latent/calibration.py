"""The share of words that each latent radius changes, measured on held-out texts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np

RADII = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3)


@dataclass(frozen=True)
class Calibration:
    """How much of a decoded text changes with the radius.

    Attributes:
        curves: for each measured strategy, pairs of a radius and the share of words that differ in a decoded text, in
            ascending order of radius.
    """

    curves: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def radius(self, strategy: str, change: float) -> float:
        """Returns the radius at which a strategy changes the share `change` of the words.

        It is interpolated between the measured radii and never lies beyond them. A strategy that was not measured has
        radius 1.
        """
        curve = self.curves.get(strategy)
        if not curve:
            return 1.0
        radii, shares = zip(*curve, strict=True)
        return float(np.interp(change, np.maximum.accumulate(shares), radii))

    def matching(self, strategy: str, radius: float) -> float:
        """Returns the radius at which a strategy changes as many words as `neighbour` does at `radius`.

        Where the strategy is `neighbour` itself, or one of the two was not measured, that is `radius`.
        """
        neighbour_curve = self.curves.get("neighbour")
        if strategy == "neighbour" or not neighbour_curve or strategy not in self.curves:
            return radius
        radii, shares = zip(*neighbour_curve, strict=True)
        return self.radius(strategy, float(np.interp(radius, radii, np.maximum.accumulate(shares))))

    def to_json(self) -> str:
        """Returns the contents of calibration.json."""
        return json.dumps({"curves": self.curves}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Reads what `to_json` wrote."""
        curves = json.loads(text)["curves"]
        return cls({name: [(float(radius), float(share)) for radius, share in curve] for name, curve in curves.items()})
