"""What stats.json says of a dataset: the units' counts added up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTED = ("totals", "posts_by_split", "posts_by_source", "post_words", "segment_pieces", "rejects")


def dataset_statistics(receipts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts by name, and fertility: pieces per word that may be varied (Rust et al. 2021, section 3.2).

    `post_words` counts posts up to so many words, `segment_pieces` segments by bucket.
    """
    statistics: dict[str, Any] = {}
    for name in COUNTED:
        total: Counter[str] = Counter()
        for receipt in receipts:
            total.update(receipt.get(name, {}))
        statistics[name] = dict(sorted(total.items()))
    totals = statistics["totals"]
    words, pieces = totals.get("words_varied", 0), totals.get("pieces", 0)
    statistics["fertility"] = round(pieces / words, 4) if words else None
    statistics["unknown_rate"] = round(totals.get("unknown_pieces", 0) / pieces, 6) if pieces else None
    return statistics
