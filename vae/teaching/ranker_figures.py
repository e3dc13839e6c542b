"""Measures a ranker's probabilities: how good its first choices are, and how well it is calibrated."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

HALF = 0.5
"""A substitute counts as accepted if this share of its judges accept it."""

BINS = 10
"""Bins of equal width into which calibration sorts the probabilities."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures from 0 to 1.

    `first` is the share of first choices that are accepted; `surest_10` to `surest_50` are the same share in the 10 to
    50 per cent of targets where the ranker is surest. `area` is the chance that an accepted substitute is rated above a
    refused one (AUC). `calibration` is the mean distance between probability and share accepted, over bins weighted by
    their size; `first_calibration` is that of the first choices alone.
    """

    first: float
    surest_10: float
    surest_20: float
    surest_30: float
    surest_50: float
    area: float
    calibration: float
    first_calibration: float

    @classmethod
    def heading(cls) -> str:
        """Returns the head of a Markdown table; its first columns are left to the caller."""
        names = [each.name for each in fields(cls)]
        return " | ".join(names) + " |\n" + "|---" * (len(names) + 2) + "|"

    def line(self) -> str:
        """Returns the figures as a row of that table."""
        return " | ".join(f"{value:.3f}" for value in self.as_dict().values()) + " |"

    def as_dict(self) -> dict[str, float]:
        """Returns the figures by name, rounded to three decimals."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def figures(probabilities: Sequence[NDArray[np.float64]], accepted: Sequence[NDArray[np.float64]]) -> Figures:
    """Measures a ranker; for each target, `probabilities` and `accepted` (the share of judges) list its substitutes."""
    best = [int(np.argmax(each)) for each in probabilities]
    sure = np.array([each[place] for each, place in zip(probabilities, best, strict=True)])
    right = np.array([each[place] >= HALF for each, place in zip(accepted, best, strict=True)])
    order = np.argsort(-sure, kind="stable")
    surest = {
        f"surest_{share}": float(right[order[: max(1, round(share / 100 * len(order)))]].mean())
        for share in (10, 20, 30, 50)
    }
    p, good = np.concatenate(probabilities), np.concatenate(accepted) >= HALF
    return Figures(
        first=float(right.mean()),
        area=_area(p, good),
        calibration=_calibration(p, good),
        first_calibration=_calibration(sure, right),
        **surest,
    )


def mean_figures(several: Sequence[Figures]) -> Figures:
    """Returns the mean of each figure."""
    return Figures(
        **{each.name: float(np.mean([getattr(one, each.name) for one in several])) for each in fields(Figures)}
    )


def _area(p: NDArray[np.float64], good: NDArray[np.bool_]) -> float:
    """Returns Mann and Whitney's U as a share of all pairs; a tie counts half."""
    below = np.searchsorted(np.sort(p[~good]), p[good], side="left")
    level = np.searchsorted(np.sort(p[~good]), p[good], side="right") - below
    return float((below + level / 2).sum() / max(1, good.sum() * (~good).sum()))


def _calibration(p: NDArray[np.float64], good: NDArray[np.bool_]) -> float:
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    return float(
        sum(abs(p[bins == each].mean() - good[bins == each].mean()) * (bins == each).mean() for each in np.unique(bins))
    )
