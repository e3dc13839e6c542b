"""Chooses the posts and candidates that the page shows: by hash, so that nobody picks and the choice never changes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipelines.report.manifest_folder import ManifestFolder

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from pipelines.report.candidate_scores import CandidateScores

METADATA_SHOWN: Final = ["post_id", "title", "author", "date", "category", "language"]
MOST_ROWS: Final = 20_000
"""The most rows on the page."""

MOST_CHARACTERS: Final = 50_000_000
"""About the most characters of all texts on the page: 10,000 variations of 5,000 posts of 500 words."""

LONGEST_SHOWN: Final = 20_000
"""The most characters of one text on the page."""


def chosen_rows(candidates: CandidateScores, *, nearest: NDArray[np.intp]) -> NDArray[np.intp]:
    """The rows that the page shows: `nearest`, and the rows of the first posts in post_order, up to the limits."""
    table = candidates.table
    lengths = np.minimum(table["characters"].to_numpy(dtype=np.int64), LONGEST_SHOWN)
    by_post: dict[str, NDArray[np.intp]] = table.groupby("post_id").indices  # type: ignore[assignment]
    chosen = [nearest]
    rows_left, characters_left = MOST_ROWS, MOST_CHARACTERS
    for post_id in sorted(by_post, key=post_order):
        rows = by_post[post_id]
        rows_left -= len(rows)
        # The post itself is about as long as its variations.
        characters_left -= int(lengths[rows].sum() + lengths[rows].max())
        if rows_left < 0 or characters_left < 0:
            break
        chosen.append(rows)
    return np.unique(np.concatenate(chosen))


def post_order(post_id: str) -> bytes:
    """The SHA-256 of the id: sorted by it, posts are as good as shuffled."""
    return hashlib.sha256(post_id.encode()).digest()


def source_posts(*, dataset: str, post_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The dataset's rows of these posts, by post id: the metadata that the page shows, the file, and the text.

    Raises:
        UserError: the dataset is missing or unreadable.
    """
    folder = ManifestFolder.open(dataset, command="prepare")
    rows = folder.table("posts/*.parquet", [*METADATA_SHOWN, "source", "text"], post_ids=post_ids).to_pylist()
    return {row["post_id"]: row for row in rows}
