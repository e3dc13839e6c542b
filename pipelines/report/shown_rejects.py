"""The rejects the page shows, chosen so that every rule has its turn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from pipelines.report.shown_posts import REJECT_PARTS

if TYPE_CHECKING:
    from pipelines.report.manifest_folder import ManifestFolder

REJECTS_SHOWN = 100

_COLUMNS = ["stage", "reason", "value", "threshold", "excerpt", "rule"]


@dataclass(frozen=True, kw_only=True)
class Failing:
    """One rule a candidate failed, the value and threshold as filed; the stage's reason where no rule was asked."""

    rule: str
    value: str
    threshold: str


@dataclass(frozen=True, kw_only=True)
class ShownReject:
    """A rejected candidate or post with every rule it failed."""

    excerpt: str
    failing: tuple[Failing, ...]


def shown_rejects(variations: ManifestFolder) -> list[ShownReject]:
    """Up to 100 rejects, one of each set of failed rules before a second of any, told in order of rule.

    Raises:
        UserError: a part is missing or unreadable.
    """
    table = variations.table(REJECT_PARTS, _COLUMNS)
    rules = pd.DataFrame({"rule": [rule or "" for rule in table["rule"].to_pylist()]}, dtype=str)
    rules["turn"] = rules.groupby("rule").cumcount()
    taken = rules.sort_values(["turn", "rule"], kind="stable").head(REJECTS_SHOWN)
    rows = taken.sort_values(["rule", "turn"]).index
    return [_reject(row) for row in table.take(pa.array(rows, pa.int64())).to_pylist()]


def _reject(row: dict[str, Any]) -> ShownReject:
    rules, values, thresholds = (
        str("" if row[column] is None else row[column]).split(" | ") for column in ("rule", "value", "threshold")
    )
    if rules == [""]:
        rules = [row["reason"] or row["stage"]]
    return ShownReject(
        excerpt=row["excerpt"] or "",
        failing=tuple(
            Failing(rule=rule, value=value, threshold=threshold)
            for rule, value, threshold in zip_longest(rules, values, thresholds, fillvalue="")
        ),
    )
