"""How good a ranker's probabilities are: its first choices, the surest of them, and whether they are what they say."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

HALF = 0.5
"""A substitute is accepted if this share of its judges accept it."""

BINS = 10


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Shares, 0 to 1.

    `first`: first choices that are accepted; `surest_10` to `surest_50`: those among the surest so many per cent of
    targets; `area`: the chance that an accepted substitute is rated above one that is not (AUC); `calibration`: the
    mean distance between probability and share accepted, in ten bins of equal width weighted by what is in them;
    `first_calibration`: that of the first choices.
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
        """The head of a table of lines."""
        names = [each.name for each in fields(cls)]
        return " | ".join(names) + " |\n" + "|---" * (len(names) + 2) + "|"

    def line(self) -> str:
        """A line of a table."""
        return " | ".join(f"{value:.3f}" for value in self.as_dict().values()) + " |"

    def as_dict(self) -> dict[str, float]:
        """By name, rounded as far as they mean something."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def figures(probabilities: Sequence[NDArray[np.float64]], accepted: Sequence[NDArray[np.float64]]) -> Figures:
    """The figures of a ranker's probabilities and the shares of judges that accept, each by target."""
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
    """The mean of each figure."""
    return Figures(
        **{each.name: float(np.mean([getattr(one, each.name) for one in several])) for each in fields(Figures)}
    )


def _area(p: NDArray[np.float64], good: NDArray[np.bool_]) -> float:
    """Mann and Whitney's U by its share of all pairs; a tie counts half."""
    below = np.searchsorted(np.sort(p[~good]), p[good], side="left")
    level = np.searchsorted(np.sort(p[~good]), p[good], side="right") - below
    return float((below + level / 2).sum() / max(1, good.sum() * (~good).sum()))


def _calibration(p: NDArray[np.float64], good: NDArray[np.bool_]) -> float:
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    return float(
        sum(abs(p[bins == each].mean() - good[bins == each].mean()) * (bins == each).mean() for each in np.unique(bins))
    )
