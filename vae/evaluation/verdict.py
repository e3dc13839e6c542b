"""Says in one line whether a model is ready to augment, for people who do not know the figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST_REBUILT = 0.9
"""The least share of words that a model which is ready rebuilds. Augment keeps all words that it does not exchange, so
a model that loses one word in ten by itself has little to choose from."""

LEAST_ACTIVE = 0.05
"""The least share of active units; below it, the decoder ignores the latent, and more steps do not help (posterior
collapse, Bowman et al. 2016)."""

SAME_MEANING = 0.15
"""The largest share of words that may change before the meaning is lost: where base-en's neighbours change more, the
mean cosine of their sentence embeddings to their sources falls below 0.85, the least that the rule `similarity` keeps
(docs/training.md tells how it was measured)."""

LEAST_RADIUS = 0.1
"""The least radius at which neighbours must keep the meaning; it is the smallest step that is measured."""


@dataclass(frozen=True)
class Verdict:
    """Whether the model is ready to augment, why, and what to try if it is not."""

    ready: bool
    line: str


def meaning_radius(points: Sequence[Mapping[str, Any]]) -> float:
    """Returns the radius of a radius curve up to which at most SAME_MEANING of the words change.

    Between two measured radii it is interpolated. It is 0 if rebuilding alone changes more, and the largest measured
    radius if none changes more.
    """
    changed = np.maximum.accumulate([point["changed"] for point in points])
    return float(np.interp(SAME_MEANING, changed, [point["radius"] for point in points]))


def rounded_down(share: float) -> str:
    """Returns a share in whole percent, rounded down: 100% is all, and 90% is no less than 0.9."""
    return f"{math.floor(100 * share + 1e-9)}%"


def verdict_on(metrics: Mapping[str, Any]) -> Verdict:
    """Returns the verdict on the figures that `measure_model` returns."""
    curve = metrics["radius_curve"]
    return verdict(
        rebuilt=1 - curve[0]["changed"],
        radius=meaning_radius(curve),
        active=metrics["active_units"],
        units=metrics["units"],
    )


def verdict(*, rebuilt: float, radius: float, active: int, units: int) -> Verdict:
    """Returns the verdict on a model.

    Args:
        rebuilt: the share of words that come back when a text is decoded from the mean of its latent.
        radius: the radius up to which neighbours keep the meaning.
        active: the number of latent dimensions that differ between texts.
        units: the number of latent dimensions.
    """
    rebuilds = f"ebuilds {rounded_down(rebuilt)} of words"
    if rebuilt < LEAST_REBUILT and active < LEAST_ACTIVE * units:
        return Verdict(
            ready=False,
            line=f"Not usable: r{rebuilds}, because the decoder ignores the latent ({active:,} of {units:,} units "
            "active); try --set beta=0.1, or another preset.",
        )
    if rebuilt < LEAST_REBUILT:
        return Verdict(ready=False, line=f"Not trained enough: r{rebuilds}; try more steps or --init base-en.")
    if radius < LEAST_RADIUS:
        return Verdict(
            ready=False,
            line=f"R{rebuilds}, but neighbours lose the meaning at radius {radius:.2f}; try a higher --set beta.",
        )
    return Verdict(
        ready=True, line=f"R{rebuilds}; neighbours keep the meaning until radius {radius:.1f}; ready to augment."
    )
