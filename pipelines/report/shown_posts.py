"""The posts the page shows, chosen by rule, each beside its variations."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.report.manifest_folder import ManifestFolder
from pipelines.report.marks import Passage, compare

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pyarrow as pa

VARIATION_PARTS, REJECT_PARTS = "part-*.parquet", "rejects/part-*.parquet"
POSTS_SHOWN, VARIATIONS_SHOWN, WORDS_SHOWN = 50, 5, 3000

_METADATA = ["post_id", "title", "author", "date", "category", "language"]
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, kw_only=True)
class ShownVariation:
    """A variation beside its post, or alone (no passages) where the post is not at hand.

    `text` ends after 3,000 words, and so do the passages; `shortened` tells whether that left any out.
    """

    variant: int
    text: str
    passages: tuple[Passage, ...]
    shortened: bool
    change_measured: float | None
    scores: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class ShownPost:
    """A post, its first variations and how many `more` it has, and its rejected candidates counted by rule.

    Without a title the id stands for it. `text` is None where the post is not at hand; it is `shortened` as a
    variation is.
    """

    post_id: str
    title: str
    facts: tuple[str, ...]
    language: str
    text: str | None
    shortened: bool
    variations: tuple[ShownVariation, ...]
    more: int
    rejected: Mapping[str, int]


def first_post_ids(variations: ManifestFolder) -> list[str]:
    """Which posts are shown: the first 50 by SHA-256 of the post id, no favourites and the same ones every time."""
    post_ids: set[str] = set()
    for pattern in (VARIATION_PARTS, REJECT_PARTS):
        post_ids.update(variations.table(pattern, ["post_id"])["post_id"].unique().to_pylist())
    named = filter(None, post_ids)
    return sorted(named, key=lambda post_id: hashlib.sha256(post_id.encode()).digest())[:POSTS_SHOWN]


def source_posts(*, dataset: str, post_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The dataset's rows of these posts, by post id.

    Raises:
        UserError: the dataset is missing or unreadable.
    """
    folder = ManifestFolder.open(dataset, command="prepare")
    rows = folder.table("posts/*.parquet", [*_METADATA, "text"], post_ids=post_ids).to_pylist()
    return {row["post_id"]: row for row in rows}


def shown_posts(
    *, variations: ManifestFolder, post_ids: Collection[str], sources: Mapping[str, Mapping[str, Any]]
) -> list[ShownPost]:
    """These posts in their order, each beside its variations; where `sources` lacks a post they stand alone.

    Raises:
        UserError: a part is missing or unreadable.
    """
    accepted = variations.table(
        VARIATION_PARTS, [*_METADATA, "text", "variant", "change_measured", "scores"], post_ids=post_ids
    )
    rejected = variations.table(REJECT_PARTS, ["post_id", "rule", "reason"], post_ids=post_ids)
    varied_by_post, rejected_by_post = _by_post(accepted), _by_post(rejected)
    return [
        _post(
            post_id=post_id,
            source=sources.get(post_id),
            varied=sorted(varied_by_post.get(post_id, []), key=lambda row: row["variant"]),
            rejected=rejected_by_post.get(post_id, []),
        )
        for post_id in post_ids
    ]


def _by_post(table: pa.Table) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        rows.setdefault(row["post_id"], []).append(row)
    return rows


def _post(
    *, post_id: str, source: Mapping[str, Any] | None, varied: list[dict[str, Any]], rejected: list[dict[str, Any]]
) -> ShownPost:
    rules = Counter(rule for row in rejected for rule in (row["rule"] or row["reason"] or "").split(" | "))
    whole = source["text"] if source else None
    text = None if whole is None else _opening(whole)
    shortened = text != whole
    metadata = source or next(iter(varied), dict.fromkeys(_METADATA))
    facts = (metadata["author"], metadata["date"], ", ".join(metadata["category"] or []), post_id)
    return ShownPost(
        post_id=post_id,
        title=metadata["title"] or post_id,
        facts=tuple(filter(None, facts)),
        language=metadata["language"] or "",
        text=text,
        shortened=shortened,
        variations=tuple(_variation(row, source=text, source_shortened=shortened) for row in varied[:VARIATIONS_SHOWN]),
        more=len(varied[VARIATIONS_SHOWN:]),
        rejected=dict(rules.most_common()),
    )


def _variation(row: dict[str, Any], *, source: str | None, source_shortened: bool) -> ShownVariation:
    text = _opening(row["text"])
    return ShownVariation(
        variant=row["variant"],
        text=text,
        passages=() if source is None else tuple(compare(source, text)),
        shortened=source_shortened or text != row["text"],
        change_measured=row["change_measured"],
        scores={rule: score for rule, score in (row["scores"] or {}).items() if score is not None},
    )


def _opening(text: str) -> str:
    for number, word in enumerate(_WORD.finditer(text)):
        if number == WORDS_SHOWN:
            return text[: word.start()].rstrip()
    return text
