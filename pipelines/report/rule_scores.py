"""What each rule measured: how it is spread, where the thresholds lie, and which candidates lie nearest to them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipelines.filters.all_rules import load_rules
from pipelines.report.bounds import Bounds
from pipelines.report.candidate_scores import ACCEPTED, BETWEEN, REJECTED, SHORT
from pipelines.report.histogram import histogram

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup
    from numpy.typing import NDArray

    from pipelines.report.candidate_scores import Candidates

NEAREST: Final = 20
"""Accepted and rejected candidates that a rule keeps on the page, whichever posts the page shows."""

_NONE: Final = np.empty(0, np.intp)


@dataclass(frozen=True, kw_only=True)
class RuleScores:
    """One rule's measures over all candidates.

    Attributes:
        name: of the rule.
        contract: what it keeps, in a sentence; empty for a rule of the user's own.
        bounds: of the values kept.
        measured: candidates with a value.
        rejected: those of them that it rejected.
        median: of the values; None where nothing was measured.
        chart: the values of accepted and of rejected candidates with the bounds; None where nothing was measured.
        nearest: rows of the accepted and of the rejected candidates nearest to a bound.
    """

    name: str
    contract: str
    bounds: Bounds
    measured: int
    rejected: int
    median: float | None
    chart: Markup | None
    nearest: NDArray[np.intp]


def rule_scores(candidates: Candidates, *, filters: Mapping[str, Any]) -> list[RuleScores]:
    """Every rule with scores, in their order, without those that `filters`, the run's thresholds, turn off."""
    failing, contracts = candidates.failing(), _contracts()
    return [
        _rule(name, candidates, failing.get(name, _NONE), limits=filters.get(name), contract=contracts.get(name, ""))
        for name in candidates.scores.columns
        if filters.get(name) is not False
    ]


def _contracts() -> dict[str, str]:
    documented = {rule.name: inspect.getdoc(type(rule)) or "" for rule in load_rules()}
    return {name: " ".join(text.split("\n\n")[0].split()) for name, text in documented.items()}


def _rule(name: str, candidates: Candidates, failing: NDArray[np.intp], *, limits: Any, contract: str) -> RuleScores:
    values = candidates.scores[name].to_numpy(dtype=np.float64)
    outcome = candidates.table["outcome"].to_numpy()
    measured = np.flatnonzero(np.isfinite(values) & (outcome != SHORT))
    is_accepted = outcome[measured] == ACCEPTED
    accepted, others = measured[is_accepted], measured[~is_accepted]
    failing = np.intersect1d(failing, measured)
    bounds = Bounds.of(limits, missed=_missed(name, values, candidates, failing))
    distances = bounds.distances(values)
    sides = [rows[np.argsort(distances[rows], kind="stable")[:NEAREST]] for rows in (accepted, failing)]
    return RuleScores(
        name=name,
        contract=contract,
        bounds=bounds,
        measured=len(measured),
        rejected=len(failing),
        median=float(np.median(values[measured])) if measured.size else None,
        chart=histogram(
            values[accepted], fainter=values[others], names=(ACCEPTED, REJECTED), label=name, marks=bounds.marks()
        )
        if measured.size
        else None,
        nearest=np.concatenate(sides) if bounds.marks() else _NONE,
    )


def _missed(
    name: str, values: NDArray[np.float64], candidates: Candidates, failing: NDArray[np.intp]
) -> tuple[float, float] | None:
    """The value and the threshold of the first candidate that failed the rule."""
    if not failing.size:
        return None
    reject = candidates.table.loc[failing[0]]
    thresholds = dict(zip(*(reject[column].split(BETWEEN) for column in ("rule", "threshold")), strict=False))
    return float(values[failing[0]]), float(thresholds[name])
