"""Turns candidates into variations and rejects. Each becomes one of them, and a post left short gets a reject, too."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from pipelines.augment.candidate_tables import (
    NO_MORE,
    REJECTED_CANDIDATES_SCHEMA,
    RULE_SEPARATOR,
    SHORTFALL,
    VARIATIONS_SCHEMA,
)
from pipelines.augment.near_duplicates import CandidateKey
from pipelines.dedup.minhash import BANDS
from pipelines.filters.selection import quality

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.augment.judging import Judging, Scores

NEAR_DUPLICATE, NOT_SELECTED = "near_duplicate", "not_selected"
"""The `rule` of candidates that pass all rules and are rejected: an earlier post has nearly the same text; other
candidates of the post were taken."""


class _Row(NamedTuple):
    """A row of a table of candidates."""

    row: int
    post_id: str
    candidate: int | None
    text: str | None
    scores: Scores | None
    rule: str | None
    reason: str | None


class _Objection(NamedTuple):
    """Why a candidate is rejected, or why a post is left short, as strings for the rejects file."""

    rule: str
    value: str
    threshold: str
    reason: str


@dataclass
class _Verdicts:
    """What becomes of the rows, by their number.

    Attributes:
        variants: the variant that a candidate becomes.
        rejected: the objections to a rejected candidate.
        short: why the post whose last row this is has fewer variations than asked for.
    """

    variants: dict[int, int] = field(default_factory=dict)
    rejected: dict[int, list[_Objection]] = field(default_factory=dict)
    short: dict[int, _Objection] = field(default_factory=dict)


def judge_candidates(
    table: pa.Table, judging: Judging, *, duplicates: Mapping[CandidateKey, tuple[CandidateKey, int]]
) -> tuple[pa.Table, pa.Table]:
    """The table of variations, best first within a post, and that of rejects, with a short post's row last.

    Args:
        table: candidates sorted by post and number, as read_candidates returns them.
        judging: the rules and the number of variations wanted.
        duplicates: for each candidate with nearly the text of a candidate of an earlier post: that candidate, and how
            many of their BANDS agree.
    """
    verdicts = _Verdicts()
    columns = [table[name].to_pylist() for name in _Row._fields[1:]]
    rows = map(_Row._make, zip(range(len(table)), *columns, strict=True))
    for _, of_post in groupby(rows, key=attrgetter("post_id")):
        _judge_post(list(of_post), judging, duplicates, verdicts)
    return _variations(table, verdicts.variants), _rejects(table, verdicts)


def _judge_post(
    rows: Sequence[_Row],
    judging: Judging,
    duplicates: Mapping[CandidateKey, tuple[CandidateKey, int]],
    verdicts: _Verdicts,
) -> None:
    candidates = [(row, row.text, row.scores) for row in rows if row.text is not None and row.scores]
    passed = []
    for row, text, scores in candidates:
        objections = [
            _Objection(failure.rule, f"{failure.value:.4g}", f"{failure.threshold:.4g}", failure.reason)
            for failure in judging.failures(scores)
        ]
        if not objections and (earlier := duplicates.get(CandidateKey(row.post_id, row.candidate or 0))):
            objections = [_near_duplicate(*earlier)]
        if objections:
            verdicts.rejected[row.row] = objections
        else:
            passed.append((row, text, scores))
    picked = judging.pick([text for _, text, _ in passed], [scores for _, _, scores in passed])
    for index, (row, _, scores) in enumerate(passed):
        if index in picked:
            verdicts.variants[row.row] = picked.index(index) + 1
        else:
            verdicts.rejected[row.row] = [_not_selected(scores, len(picked), judging)]
    if len(picked) < judging.per_post:
        last = rows[-1]
        reason = last.reason or ""
        if not reason or reason.startswith(NO_MORE):
            counts = _counts([verdicts.rejected.get(row.row, []) for row, _, _ in candidates], judging)
            reason = f"{counts}; {reason}" if reason else counts
        verdicts.short[last.row] = _Objection(last.rule or SHORTFALL, str(len(picked)), str(judging.per_post), reason)


def _near_duplicate(earlier: CandidateKey, shared: int) -> _Objection:
    reason = f"nearly the text of candidate {earlier.candidate} of post {earlier.post_id}"
    return _Objection(
        NEAR_DUPLICATE, f"{shared / BANDS:.4g}", "0", f"{reason}: {shared} of {BANDS} MinHash bands agree"
    )


def _not_selected(scores: Scores, taken: int, judging: Judging) -> _Objection:
    value = f"{quality(scores):.4g}"
    if taken < judging.per_post:
        limit = judging.selection.most_alike
        return _Objection(NOT_SELECTED, value, "", f"more alike to a variation that was taken than {limit:.4g}")
    return _Objection(NOT_SELECTED, value, "", f"passed every rule; the {taken} taken are better or more different")


def _counts(rejected: Sequence[Sequence[_Objection]], judging: Judging) -> str:
    failures = Counter(objection.rule for objections in rejected for objection in objections)
    by_rule = ", ".join(f"{rule} {count}" for rule, count in failures.most_common())
    taken = sum(not objections for objections in rejected)
    counts = f"{taken} of {judging.per_post} variations after {len(rejected)} candidates"
    return f"{counts} (rejected by: {by_rule})" if by_rule else counts


def _variations(table: pa.Table, variants_by_row: Mapping[int, int]) -> pa.Table:
    post_ids = table["post_id"].to_pylist()
    rows = sorted(variants_by_row, key=lambda row: (post_ids[row], variants_by_row[row]))
    variants = [variants_by_row[row] for row in rows]
    ids = [f"{post_ids[row]}~v{variant}" for row, variant in zip(rows, variants, strict=True)]
    return _as_schema(_rows(table, rows), VARIATIONS_SCHEMA, variation_id=ids, variant=variants)


def _rejects(table: pa.Table, verdicts: _Verdicts) -> pa.Table:
    rows = sorted(verdicts.rejected)
    objections = [_joined(verdicts.rejected[row]) for row in rows]
    rejected = _rows(table, rows)
    ids = [
        f"{post_id}~c{candidate}"
        for post_id, candidate in zip(rejected["post_id"].to_pylist(), rejected["candidate"].to_pylist(), strict=True)
    ]
    candidates = _as_schema(
        rejected, REJECTED_CANDIDATES_SCHEMA, variation_id=ids, stage=["candidate"] * len(rows), **_columns(objections)
    )
    short = _rows(table, list(verdicts.short))
    of_candidates = ("candidate", "text", "change_measured", "scores", "segments_changed", "edits")
    posts = _as_schema(
        short,
        REJECTED_CANDIDATES_SCHEMA,
        **{name: [None] * len(short) for name in of_candidates},
        stage=["post"] * len(short),
        **_columns(verdicts.short.values()),
    )
    return pa.concat_tables([candidates, posts]).sort_by([("post_id", "ascending"), ("candidate", "ascending")])


def _rows(table: pa.Table, rows: Sequence[int]) -> pa.Table:
    return table.take(pa.array(rows, pa.int64()))


def _joined(objections: Sequence[_Objection]) -> _Objection:
    rules, values, thresholds, reasons = zip(*objections, strict=True)
    return _Objection(
        RULE_SEPARATOR.join(rules), RULE_SEPARATOR.join(values), RULE_SEPARATOR.join(thresholds), "; ".join(reasons)
    )


def _columns(objections: Iterable[_Objection]) -> dict[str, list[str]]:
    listed = list(objections)
    return {name: [getattr(objection, name) for objection in listed] for name in _Objection._fields}


def _as_schema(table: pa.Table, schema: pa.Schema, **columns: Sequence[Any]) -> pa.Table:
    """The table with another schema: each column as given, or else the table's own, or else null."""
    arrays = [
        pa.array(columns[field.name], field.type)
        if field.name in columns
        else table[field.name]
        if field.name in table.column_names
        else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.table(arrays, schema)
