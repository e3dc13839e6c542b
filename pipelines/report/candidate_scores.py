"""Reads what a variations folder holds about every candidate, without the texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.augment.candidate_tables import RULE_SEPARATOR
from pipelines.report.manifest_folder import REJECT_PARTS, VARIATION_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipelines.report.manifest_folder import ManifestFolder

ACCEPTED, REJECTED, SHORT = "accepted", "rejected", "short"
"""The outcomes of a row; SHORT is the row that says why a post has fewer variations than asked for."""

_SCORES: Final = "scores."


@dataclass(frozen=True, kw_only=True)
class CandidateScores:
    """One row for each candidate: the variations in the manifest's order, then the rejects.

    Attributes:
        table: post_id, outcome, characters (the length of the text), change_measured; rule and threshold of a reject.
        scores: one column for each rule; NaN if it measured nothing.
    """

    table: pd.DataFrame
    scores: pd.DataFrame

    def failing(self) -> dict[str, NDArray[np.intp]]:
        """The indices of the rows that each rule rejected, by rule."""
        rejected = self.table.loc[self.table["outcome"] == REJECTED, "rule"].fillna("")
        exploded = rejected.str.split(RULE_SEPARATOR, regex=False).explode()
        return {str(rule): rows.index.to_numpy() for rule, rows in exploded.groupby(exploded, sort=True)}


def read_candidate_scores(variations: ManifestFolder) -> CandidateScores:
    """Reads the variations and the rejects.

    Raises:
        UserError: a part is missing, unreadable or lacks a column.
    """
    columns = ["post_id", "text", "change_measured", "scores"]
    accepted = _without_texts(variations, VARIATION_PARTS, columns)
    rejected = _without_texts(variations, REJECT_PARTS, [*columns, "stage", "rule", "threshold"])
    accepted["outcome"] = ACCEPTED
    rejected["outcome"] = np.where(rejected["stage"] == "post", SHORT, REJECTED)
    table = pd.concat([accepted, rejected], ignore_index=True)
    is_score = table.columns.str.startswith(_SCORES)
    return CandidateScores(
        table=table.loc[:, ~is_score], scores=table.loc[:, is_score].rename(columns=lambda name: name[len(_SCORES) :])
    )


def _without_texts(variations: ManifestFolder, pattern: str, columns: list[str]) -> pd.DataFrame:
    def read() -> Iterator[pa.Table]:
        yield pa.table({name: pa.nulls(0) for name in columns if name not in {"text", "scores"}})
        for batch in variations.batches(pattern, columns):
            table = pa.Table.from_batches([batch])
            characters = pc.fill_null(pc.utf8_length(table["text"]), 0)
            yield table.drop_columns("text").append_column("characters", characters).flatten()

    frame: pd.DataFrame = pa.concat_tables(read(), promote_options="permissive").to_pandas()
    return frame
