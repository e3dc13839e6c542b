"""The posts and candidates that the page shows, chosen by rule, no favourites and the same ones every time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipelines.report.manifest_folder import ManifestFolder

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from pipelines.report.candidate_scores import Candidates

METADATA: Final = ["post_id", "title", "author", "date", "category", "language"]
ROWS_SHOWN: Final = 20_000
CHARACTERS_SHOWN: Final = 50_000_000
"""Characters of all texts on the page, about: 10,000 variations of 5,000 posts of 500 words."""

LONGEST_SHOWN: Final = 20_000
"""Characters of one text."""


def chosen_rows(candidates: Candidates, *, nearest: NDArray[np.intp]) -> NDArray[np.intp]:
    """The rows shown: `nearest`, and all those of the first posts by SHA-256 of the id while the page has room."""
    table = candidates.table
    lengths = np.minimum(table["characters"].to_numpy(dtype=np.int64), LONGEST_SHOWN)
    by_post: dict[str, NDArray[np.intp]] = table.groupby("post_id").indices  # type: ignore[assignment]
    chosen = [nearest]
    rows_left, characters_left = ROWS_SHOWN, CHARACTERS_SHOWN
    for post_id in sorted(by_post, key=post_order):
        rows = by_post[post_id]
        rows_left -= len(rows)
        # The post itself is about as long as what was made of it.
        characters_left -= int(lengths[rows].sum() + lengths[rows].max())
        if rows_left < 0 or characters_left < 0:
            break
        chosen.append(rows)
    return np.unique(np.concatenate(chosen))


def post_order(post_id: str) -> bytes:
    """The posts in this order are as good as shuffled."""
    return hashlib.sha256(post_id.encode()).digest()


def source_posts(*, dataset: str, post_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The dataset's rows of these posts, by post id: what the page tells of a post, and its text.

    Raises:
        UserError: the dataset is missing or unreadable.
    """
    folder = ManifestFolder.open(dataset, command="prepare")
    rows = folder.table("posts/*.parquet", [*METADATA, "text"], post_ids=post_ids).to_pylist()
    return {row["post_id"]: row for row in rows}
