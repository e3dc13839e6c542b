"""Collects the posts and candidates that the page shows, in the form that its script reads."""

from __future__ import annotations

import base64
import gzip
import json
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from pipelines.augment.candidate_tables import RULE_SEPARATOR
from pipelines.report.candidate_scores import ACCEPTED, REJECTED, SHORT
from pipelines.report.manifest_folder import REJECT_PARTS, VARIATION_PARTS
from pipelines.report.shown_posts import LONGEST_SHOWN, METADATA_SHOWN, post_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pipelines.report.manifest_folder import ManifestFolder
    from pipelines.report.rule_scores import RuleScores

_OUTCOMES = (ACCEPTED, REJECTED, SHORT)
_VARIED = [*METADATA_SHOWN, "candidate", "text", "change_measured", "scores"]
_JUDGED = ["stage", "rule", "value", "threshold", "reason"]


def shown_rows(variations: ManifestFolder, rows: NDArray[np.intp]) -> list[dict[str, Any]]:
    """Reads the rows with these sorted numbers. The variations are numbered first, then the rejects, without `variant`.

    Raises:
        UserError: a part is missing or unreadable.
    """
    return [*_rows(variations, rows)]


def _rows(variations: ManifestFolder, rows: NDArray[np.intp]) -> Iterator[dict[str, Any]]:
    start = 0
    for pattern, columns in ((VARIATION_PARTS, [*_VARIED, "variant"]), (REJECT_PARTS, [*_VARIED, *_JUDGED])):
        for batch in variations.batches(pattern, columns, if_there=["edits"]):
            first, last = rows.searchsorted([start, start + batch.num_rows])
            yield from batch.take(rows[first:last] - start).to_pylist()
            start += batch.num_rows


def page_data(
    rows: Sequence[Mapping[str, Any]], *, sources: Mapping[str, Mapping[str, Any]], rules: Sequence[RuleScores]
) -> str:
    """The posts with their rows as JSON, compressed by gzip, in base64. The same rows give the same text.

    Args:
        rows: the rows that `shown_rows` returns; the key `example` of a row names an example.
        sources: the posts by id; for a missing post the page shows the metadata of its rows.
        rules: the rules whose scores are shown.
    """
    by_post: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_post.setdefault(row["post_id"], []).append(row)
    names = [rule.name for rule in rules]
    data = {
        "rules": [
            {"name": rule.name, "keeps": rule.keeps, "minimum": rule.bounds.minimum, "maximum": rule.bounds.maximum}
            for rule in rules
        ],
        "posts": [_post(by_post[post_id], sources.get(post_id), names) for post_id in sorted(by_post, key=post_order)],
    }
    packed = gzip.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
    return base64.b64encode(packed).decode("ascii")


def _post(rows: Sequence[Mapping[str, Any]], source: Mapping[str, Any] | None, rules: Sequence[str]) -> dict[str, Any]:
    metadata = source or rows[0]
    candidates = [_candidate(row, rules) for row in rows]
    return {
        "id": metadata["post_id"],
        **{name: metadata[name] or "" for name in ("title", "author", "date", "language")},
        "source": source["source"] if source else None,
        "categories": metadata["category"] or [],
        **_text(source["text"] if source else None),
        "candidates": sorted(
            candidates, key=lambda candidate: (_OUTCOMES.index(candidate["outcome"]), candidate["number"])
        ),
    }


def _candidate(row: Mapping[str, Any], rules: Sequence[str]) -> dict[str, Any]:
    scores = row["scores"] or {}
    failed = zip_longest(
        *((row.get(name) or "").split(RULE_SEPARATOR) for name in ("rule", "value", "threshold")), fillvalue=""
    )
    return {
        "outcome": ACCEPTED if "variant" in row else SHORT if row["stage"] == "post" else REJECTED,
        "number": row.get("variant") or row["candidate"] or 0,
        "change": _rounded(row["change_measured"]),
        "scores": [_rounded(scores.get(rule)) for rule in rules],
        "failed": [rule for rule in failed if rule[0]],
        "reason": row.get("reason") or "",
        "edits": [[edit["old"], edit["new"], _rounded(edit["probability"])] for edit in row.get("edits") or ()],
        "example": row.get("example"),
        **_text(row["text"]),
    }


def _text(text: str | None) -> dict[str, Any]:
    return {"text": text and text[:LONGEST_SHOWN], "cut": text is not None and len(text) > LONGEST_SHOWN}


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
