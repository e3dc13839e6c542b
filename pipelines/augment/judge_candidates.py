"""Candidates to variations and rejects: each becomes one or the other, and a post that is short gets a line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from pipelines.augment.candidate_tables import NO_MORE, REJECTS, SHORTFALL, VARIATIONS
from pipelines.augment.judging import failures, pick
from pipelines.augment.near_duplicates import Place
from pipelines.dedup.minhash import BANDS
from pipelines.filters.selection import quality

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.augment.judging import Judging, Scores

NEAR_DUPLICATE, NOT_SELECTED = "near_duplicate", "not_selected"
"""Rules that reject candidates which pass all others: a post before this one has nearly the same text; others of this
post were taken."""


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
    """Why a candidate is no variation, or a post is short, in the strings of the rejects file."""

    rule: str
    value: str
    threshold: str
    reason: str


@dataclass
class _Judged:
    """By number of row: what is taken, as which variant, and what is not, or whose post is short, and why."""

    taken: dict[int, int] = field(default_factory=dict)
    rejected: dict[int, list[_Objection]] = field(default_factory=dict)
    short: dict[int, _Objection] = field(default_factory=dict)


def judge_candidates(
    table: pa.Table, judging: Judging, *, duplicates: Mapping[Place, tuple[Place, int]]
) -> tuple[pa.Table, pa.Table]:
    """VARIATIONS, best first within a post, and REJECTS, a post's line last, of CANDIDATES.

    Args:
        table: sorted by post and number, as read_candidates gives it.
        judging: by what.
        duplicates: of each candidate with nearly the text of one of an earlier post: that one, and how many of their
            BANDS agree.
    """
    judged = _Judged()
    columns = [table[name].to_pylist() for name in _Row._fields[1:]]
    rows = map(_Row._make, zip(range(len(table)), *columns, strict=True))
    for _, of_post in groupby(rows, key=attrgetter("post_id")):
        _judge_post(list(of_post), judging, duplicates, judged)
    return _variations(table, judged.taken), _rejects(table, judged)


def _judge_post(
    rows: Sequence[_Row], judging: Judging, duplicates: Mapping[Place, tuple[Place, int]], judged: _Judged
) -> None:
    candidates = [(each, each.text, each.scores) for each in rows if each.text is not None and each.scores]
    passed = []
    for each, text, scores in candidates:
        objections = [
            _Objection(found.rule, f"{found.value:.4g}", f"{found.threshold:.4g}", found.reason)
            for found in failures(scores, judging.rules)
        ]
        if not objections and (same := duplicates.get(Place(each.post_id, each.candidate or 0))):
            objections = [_near_duplicate(*same)]
        if objections:
            judged.rejected[each.row] = objections
        else:
            passed.append((each, text, scores))
    picked = pick([text for _, text, _ in passed], [scores for _, _, scores in passed], judging)
    for place, (each, _, scores) in enumerate(passed):
        if place in picked:
            judged.taken[each.row] = picked.index(place) + 1
        else:
            judged.rejected[each.row] = [_not_selected(scores, len(picked), judging)]
    if len(picked) < judging.per_post:
        line = rows[-1]
        reason = line.reason or ""
        if not reason or reason.startswith(NO_MORE):
            told = _why_short([judged.rejected.get(each.row, []) for each, _, _ in candidates], judging)
            reason = f"{told}; {reason}" if reason else told
        judged.short[line.row] = _Objection(line.rule or SHORTFALL, str(len(picked)), str(judging.per_post), reason)


def _near_duplicate(earlier: Place, shared: int) -> _Objection:
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


def _why_short(rejected: Sequence[Sequence[_Objection]], judging: Judging) -> str:
    often = Counter(objection.rule for objections in rejected for objection in objections)
    by_rule = ", ".join(f"{rule} {count}" for rule, count in often.most_common())
    taken = sum(not objections for objections in rejected)
    told = f"{taken} of {judging.per_post} variations after {len(rejected)} candidates"
    return f"{told} (rejected by: {by_rule})" if by_rule else told


def _variations(table: pa.Table, taken: Mapping[int, int]) -> pa.Table:
    post_ids = table["post_id"].to_pylist()
    rows = sorted(taken, key=lambda row: (post_ids[row], taken[row]))
    variants = [taken[row] for row in rows]
    ids = [f"{post_ids[row]}~v{variant}" for row, variant in zip(rows, variants, strict=True)]
    return _with(_taken(table, rows), VARIATIONS, variation_id=ids, variant=variants)


def _rejects(table: pa.Table, judged: _Judged) -> pa.Table:
    rows = sorted(judged.rejected)
    told = [_joined(judged.rejected[row]) for row in rows]
    found = _taken(table, rows)
    ids = [
        f"{post_id}~c{candidate}"
        for post_id, candidate in zip(found["post_id"].to_pylist(), found["candidate"].to_pylist(), strict=True)
    ]
    failed = _with(found, REJECTS, variation_id=ids, stage=["candidate"] * len(rows), **_columns(told))
    short = _taken(table, list(judged.short))
    of_a_text = ("candidate", "text", "change_measured", "scores", "segments_changed", "edits")
    lines = _with(
        short,
        REJECTS,
        **{name: [None] * len(short) for name in of_a_text},
        stage=["post"] * len(short),
        **_columns(judged.short.values()),
    )
    return pa.concat_tables([failed, lines]).sort_by([("post_id", "ascending"), ("candidate", "ascending")])


def _taken(table: pa.Table, rows: Sequence[int]) -> pa.Table:
    return table.take(pa.array(rows, pa.int64()))


def _joined(objections: Sequence[_Objection]) -> _Objection:
    rules, values, thresholds, reasons = zip(*objections, strict=True)
    return _Objection(" | ".join(rules), " | ".join(values), " | ".join(thresholds), "; ".join(reasons))


def _columns(objections: Iterable[_Objection]) -> dict[str, list[str]]:
    listed = list(objections)
    return {name: [getattr(each, name) for each in listed] for name in _Objection._fields}


def _with(table: pa.Table, schema: pa.Schema, **columns: Sequence[Any]) -> pa.Table:
    """The table by another schema: columns as given, or the table's own, or null."""
    arrays = [
        pa.array(columns[field.name], field.type)
        if field.name in columns
        else table[field.name]
        if field.name in table.column_names
        else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.table(arrays, schema)
