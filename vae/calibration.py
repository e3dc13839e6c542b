"""Which latent radius changes which share of the words, as measured on held-out texts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np

RADII = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3)


@dataclass(frozen=True)
class Calibration:
    """For each strategy with a radius, what was measured on held-out texts.

    `curves` holds (radius, share of words that differ in a decoded text), `budgets` (share of words asked for, share
    that differs in a variation), both in order.
    """

    curves: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    budgets: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def radius(self, strategy: str, change: float) -> float:
        """The radius that changes this share of words, between or beyond the measured ones the nearest.

        A strategy that was not measured has radius 1.
        """
        curve = self.curves.get(strategy)
        if not curve:
            return 1.0
        radii, shares = zip(*curve, strict=True)
        return float(np.interp(change, np.maximum.accumulate(shares), radii))

    def budget(self, strategy: str, change: float) -> float:
        """The share of words to ask edits for so that this share changes; itself where that was not measured."""
        curve = self.budgets.get(strategy)
        if not curve:
            return change
        asked, measured = zip((0.0, 0.0), *curve, strict=True)
        return float(np.interp(change, np.maximum.accumulate(measured), asked))

    def reach(self, strategy: str) -> float:
        """The largest share of words that its edits changed; 1 where that was not measured."""
        return max((measured for _, measured in self.budgets.get(strategy, [])), default=1.0)

    def to_json(self) -> str:
        """What calibration.json holds."""
        return json.dumps({"curves": self.curves, "budgets": self.budgets}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Reads what to_json wrote."""
        tables = json.loads(text)
        return cls(
            *(
                {name: [(float(x), float(y)) for x, y in curve] for name, curve in tables[key].items()}
                for key in ("curves", "budgets")
            )
        )
