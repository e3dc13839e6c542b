"""How the accepted variations are spread over what was measured on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.report.histogram import histogram
from pipelines.report.shown_posts import VARIATION_PARTS

if TYPE_CHECKING:
    from markupsafe import Markup
    from numpy.typing import NDArray

    from pipelines.report.manifest_folder import ManifestFolder


@dataclass(frozen=True, kw_only=True)
class Spread:
    """One measure over all accepted variations; without a chart where nothing was measured."""

    title: str
    measured: int
    median: str
    chart: Markup | None


def spreads(variations: ManifestFolder, *, change_requested: float | None) -> list[Spread]:
    """The share of changed words, and the length against the post's.

    Raises:
        UserError: a part is missing or unreadable.
    """
    table = variations.table(VARIATION_PARTS, ["change_measured", "scores.length_ratio"]).flatten()
    columns = {name: _numbers(table[name].to_numpy()) for name in table.column_names}
    nothing = _numbers(np.empty(0))
    change = columns.get("change_measured", nothing)
    length = columns.get("scores.length_ratio", nothing)
    return [
        _spread("Share of words changed", change, high=1, tick=".0%", mark=change_requested, mark_label="asked"),
        _spread("Length against the post's", length, high=2, tick=".3g", mark=1, mark_label="equal"),
    ]


def _numbers(column: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.asarray(column, dtype=np.float64)
    finite: NDArray[np.float64] = values[np.isfinite(values)]
    return finite


def _spread(
    title: str, values: NDArray[np.float64], *, high: float, tick: str, mark: float | None, mark_label: str
) -> Spread:
    if not values.size:
        return Spread(title=title, measured=0, median="", chart=None)
    chart = histogram(values, label=title, high=high, tick=tick, mark=mark, mark_label=mark_label)
    return Spread(title=title, measured=values.size, median=f"{np.median(values):{tick}}", chart=chart)
