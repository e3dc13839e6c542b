"""Renders the page beside a dataset's stats.json, which shows what to check before trusting the dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.report.posts_by_month import PostsByMonth
from pipelines.report.tally import Tally
from pipelines.report.template import environment
from pipelines.report.text_lengths import PostLengths, length_tally
from pipelines.report.tokenizer_measures import tokenizer_measures

if TYPE_CHECKING:
    from collections.abc import Mapping

LINES_OPEN = 10
"""The number of boilerplate lines that the page shows at first; the others can be opened."""


def statistics_page(statistics: Mapping[str, Any], *, manifest: Mapping[str, Any]) -> str:
    """One self-contained HTML text. The same statistics and manifest give the same text.

    Args:
        statistics: the content of stats.json; any part may be missing.
        manifest: the manifest, of which `counts`, `settings` and `tokenizer_sha256` are shown.
    """
    counts = manifest.get("counts") or {}
    totals = statistics.get("totals") or {}
    posts = counts.get("posts")
    by_group = {
        name: Tally.of(statistics.get(key), whole=whole)
        for name, key, whole in (
            ("splits", "posts_by_split", posts),
            ("rejects", "rejects", counts.get("rows_read")),
            ("languages", "posts_by_language", posts),
            ("sources", "posts_by_source", posts),
            ("pii", "pii", None),
        )
    }
    return (
        environment()
        .get_template("statistics.html")
        .render(
            **by_group,
            balance=Balance.of(counts),
            rejected=_share(counts.get("rejects"), counts.get("rows_read")),
            examples=statistics.get("reject_examples") or {},
            duplicates=statistics.get("duplicates") or {},
            words_per_post=PostLengths.of(statistics.get("post_words"), words=totals.get("words")),
            segments=length_tally(statistics.get("segment_pieces")),
            totals=totals,
            truncated=_share(totals.get("pieces_truncated"), totals.get("pieces")),
            dates=PostsByMonth.of(statistics.get("posts_by_month")),
            measures=tokenizer_measures(statistics),
            boilerplate=statistics.get("boilerplate") or [],
            lines_open=LINES_OPEN,
            lines_removed=statistics.get("boilerplate_lines_removed"),
            suspicions=statistics.get("suspicions") or [],
            front_matter_errors=statistics.get("front_matter_errors"),
            settings=manifest.get("settings") or {},
            tokenizer_sha256=manifest.get("tokenizer_sha256"),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Balance:
    """The counts of rows read, posts and rejects. `lost` = rows read - posts - rejects; None if a count is unknown."""

    rows_read: int | None
    posts: int | None
    rejects: int | None
    lost: int | None

    @classmethod
    def of(cls, counts: Mapping[str, Any]) -> Balance:
        """The balance of a manifest's counts."""
        rows_read, posts, rejects = (counts.get(name) for name in ("rows_read", "posts", "rejects"))
        if rows_read is None or posts is None or rejects is None:
            return cls(rows_read=rows_read, posts=posts, rejects=rejects, lost=None)
        return cls(rows_read=rows_read, posts=posts, rejects=rejects, lost=rows_read - posts - rejects)


def _share(part: int | None, whole: int | None) -> float | None:
    return part / whole if part is not None and whole else None
