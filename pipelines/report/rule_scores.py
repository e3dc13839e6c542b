"""What each rule measured: the spread of its scores, its thresholds, and the candidates nearest to a threshold."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipelines.augment.candidate_tables import RULE_SEPARATOR
from pipelines.filters.all_rules import load_rules
from pipelines.report.candidate_scores import ACCEPTED, REJECTED, SHORT
from pipelines.report.histogram import histogram, is_one_bar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup
    from numpy.typing import NDArray

    from pipelines.report.candidate_scores import CandidateScores

NEAREST: Final = 20
"""The number of accepted, and of rejected, candidates of each rule that the page always shows."""

_SENTENCE_END: Final = re.compile(r"(?<=\.)\s")
_NONE: Final = np.empty(0, np.intp)


@dataclass(frozen=True, kw_only=True)
class RuleBounds:
    """The least and the greatest value that a rule keeps; None if there is no such bound, or none is known."""

    minimum: float | None = None
    maximum: float | None = None

    @classmethod
    def of(cls, limits: Any, *, missed: tuple[float, float] | None) -> RuleBounds:
        """The bounds that the run's settings or rejects tell of.

        Args:
            limits: the rule's thresholds among the run's settings.
            missed: a rejected value and the threshold it missed, for a rule whose settings hold no threshold.
        """
        bounds = {
            name: float(limits[name])
            for name in ("minimum", "maximum")
            if isinstance(limits, dict) and isinstance(limits.get(name), int | float)
        }
        if not bounds and missed:
            value, threshold = missed
            bounds = {"maximum" if value > threshold else "minimum": threshold}
        return cls(**bounds)

    def marks(self) -> dict[str, float]:
        """The bounds by the words for a line that marks them."""
        bounds = {"at least": self.minimum, "at most": self.maximum}
        return {f"{side} {bound:.4g}": bound for side, bound in bounds.items() if bound is not None}

    def distances(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The distance of each value from its nearest bound, or from the bound that it missed."""
        low = -np.inf if self.minimum is None else self.minimum
        high = np.inf if self.maximum is None else self.maximum
        distances: NDArray[np.float64] = np.abs(np.fmin(values - low, high - values))
        return distances


@dataclass(frozen=True, kw_only=True)
class RuleScores:
    """The scores of one rule over all candidates.

    Attributes:
        name: the rule's name.
        contract: a sentence that says what it keeps; empty for a rule of the user's own.
        bounds: the bounds of the values that it keeps.
        measured: the number of candidates with a value.
        rejected: the number of measured candidates that it rejected.
        median: the median value; None if nothing was measured.
        one_bar: whether all values lie in one bar of the chart.
        chart: a histogram of accepted and rejected values with the bounds; None if nothing was measured.
        nearest: the rows of the accepted and of the rejected candidates nearest to a bound.
    """

    name: str
    contract: str
    bounds: RuleBounds
    measured: int
    rejected: int
    median: float | None
    one_bar: bool
    chart: Markup | None
    nearest: NDArray[np.intp]

    @property
    def keeps(self) -> str:
        """The first sentence of the contract."""
        return _SENTENCE_END.split(self.contract, maxsplit=1)[0]


def rule_scores(candidates: CandidateScores, *, filters: Mapping[str, Any]) -> list[RuleScores]:
    """The scores of every rule that `filters`, the run's settings, do not turn off; in the order of the columns."""
    failing, contracts = candidates.failing(), _contracts()
    return [
        _rule(name, candidates, failing.get(name, _NONE), limits=filters.get(name), contract=contracts.get(name, ""))
        for name in candidates.scores.columns
        if filters.get(name) is not False
    ]


def _contracts() -> dict[str, str]:
    documented = {rule.name: inspect.getdoc(type(rule)) or "" for rule in load_rules()}
    return {name: " ".join(text.split("\n\n")[0].split()) for name, text in documented.items()}


def _rule(
    name: str, candidates: CandidateScores, failing: NDArray[np.intp], *, limits: Any, contract: str
) -> RuleScores:
    values = candidates.scores[name].to_numpy(dtype=np.float64)
    outcome = candidates.table["outcome"].to_numpy()
    measured = np.flatnonzero(np.isfinite(values) & (outcome != SHORT))
    is_accepted = outcome[measured] == ACCEPTED
    accepted, others = measured[is_accepted], measured[~is_accepted]
    failing = np.intersect1d(failing, measured)
    bounds = RuleBounds.of(limits, missed=_missed(name, values, candidates, failing))
    distances = bounds.distances(values)
    sides = [rows[np.argsort(distances[rows], kind="stable")[:NEAREST]] for rows in (accepted, failing)]
    return RuleScores(
        name=name,
        contract=contract,
        bounds=bounds,
        measured=len(measured),
        rejected=len(failing),
        median=float(np.median(values[measured])) if measured.size else None,
        one_bar=is_one_bar(values[measured], marks=bounds.marks()),
        chart=histogram(
            values[accepted], fainter=values[others], names=(ACCEPTED, REJECTED), label=name, marks=bounds.marks()
        )
        if measured.size
        else None,
        nearest=np.concatenate(sides) if bounds.marks() else _NONE,
    )


def _missed(
    name: str, values: NDArray[np.float64], candidates: CandidateScores, failing: NDArray[np.intp]
) -> tuple[float, float] | None:
    """The value and the threshold of the first candidate that the rule rejected."""
    if not failing.size:
        return None
    reject = candidates.table.loc[failing[0]]
    thresholds = dict(zip(*(reject[column].split(RULE_SEPARATOR) for column in ("rule", "threshold")), strict=False))
    return float(values[failing[0]]), float(thresholds[name])
