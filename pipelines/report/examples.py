"""Picks the best and the worst variations of a run, which the page opens with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from pipelines.filters.selection import quality
from pipelines.report.candidate_scores import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.report.candidate_scores import CandidateScores

BEST, WORST = "best", "worst"
SHOWN: Final = 3
"""The number of examples of each kind, each of another post."""


def example_rows(candidates: CandidateScores) -> dict[int, str]:
    """The rows of the examples and the name of each: `best 1` is better than `best 2`, `worst 1` worse than `worst 2`.

    Only accepted candidates are examples. The best have the highest quality, as `selection` knows it, among those that
    changed at least as much as half of them did, since hardly any change is no merit. If all have the same quality,
    there are none.
    """
    accepted = np.flatnonzero(candidates.table["outcome"] == ACCEPTED)
    scores = candidates.scores.iloc[accepted].to_dict("records")
    known = [{str(rule): value for rule, value in row.items() if pd.notna(value)} for row in scores]
    qualities = np.array([quality(row) for row in known])
    if len(set(qualities)) < 2:
        return {}
    change = candidates.table["change_measured"].to_numpy(dtype=np.float64)[accepted]
    best_first = np.lexsort((accepted, -qualities))
    much = change[best_first] >= np.median(change)
    best = _of_other_posts(candidates, accepted[best_first[much]])
    worst = _of_other_posts(candidates, (row for row in accepted[best_first[::-1]] if row not in best))
    return {
        row: f"{kind} {rank}" for kind, rows in ((BEST, best), (WORST, worst)) for rank, row in enumerate(rows, start=1)
    }


def _of_other_posts(candidates: CandidateScores, rows: Iterable[int]) -> list[int]:
    """The first rows whose posts differ."""
    by_post: dict[str, int] = {}
    posts = candidates.table["post_id"]
    for row in rows:
        by_post.setdefault(posts[row], int(row))
        if len(by_post) == SHOWN:
            break
    return list(by_post.values())
