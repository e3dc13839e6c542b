"""The tables of augment: candidates with their scores, and what judging makes of them, variations and rejects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.filters.all_rules import RULE_NAMES
from pipelines.posts.post import METADATA_FIELDS
from pipelines.write.manifest import WORK
from pipelines.write.parquet import part

METADATA = (*(field.name for field in METADATA_FIELDS), "language")
"""What a variation has of its post, so that it is itself a valid input."""

SHORTFALL, ERROR = "shortfall", "error"
"""Rules of a reject of stage "post": fewer variations than asked for; handling the post raised."""

NO_MORE = "no more can be had: "
"""Begins the reason of a post that has candidates, and of which no others can be made."""

SCORES = pa.struct([(name, pa.float64()) for name in RULE_NAMES])

EDITS = pa.list_(
    pa.struct(
        [
            ("segment", pa.int32()),
            ("start", pa.int32()),
            ("old", pa.string()),
            ("new", pa.string()),
            ("probability", pa.float64()),
        ]
    )
)
"""What a candidate exchanges: the words `old` from place `start` of a segment for `new`, and how probably people accept
it there; null where segments were decoded as a whole."""

_CANDIDATE = [
    pa.field("candidate", pa.int32()),
    pa.field("text", pa.string()),
    *METADATA_FIELDS,
    pa.field("language", pa.string()),
    pa.field("strategy", pa.string()),
    pa.field("seed", pa.int64()),
    pa.field("change_requested", pa.float64()),
    pa.field("change_measured", pa.float64()),
    pa.field("scores", SCORES),
    pa.field("segments_changed", pa.int32()),
    pa.field("model_sha256", pa.string()),
]
_WHY = [pa.field("rule", pa.string()), pa.field("reason", pa.string())]
_LAST = [pa.field("edits", EDITS)]

CANDIDATES = pa.schema([pa.field("post_id", pa.string()), *_CANDIDATE, *_WHY, *_LAST])
"""A row a candidate, numbered from 1 within its post; without text and number, but with rule and reason, a row for a
post of which there can be none, or no more."""

_VARIATION = [
    pa.field("variation_id", pa.string()),
    pa.field("post_id", pa.string()),
    pa.field("variant", pa.int32()),
    *_CANDIDATE,
]
VARIATIONS = pa.schema([*_VARIATION, *_LAST])
REJECTS = pa.schema(
    [
        *_VARIATION,
        pa.field("stage", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("value", pa.string()),
        pa.field("threshold", pa.string()),
        pa.field("reason", pa.string()),
        *_LAST,
    ]
)
GROUP_ROWS = 1024


@dataclass(frozen=True, kw_only=True)
class CandidateUnit:
    """Where the candidates of some posts lie: a table of CANDIDATES, or the variations and rejects they became."""

    name: str
    paths: tuple[str, ...]


def read_candidates(unit: CandidateUnit) -> pa.Table:
    """The unit's CANDIDATES, sorted by post and number, the row without a number last."""
    table = pa.concat_tables([_candidates(path) for path in unit.paths])
    has_some = pc.is_in(table["post_id"], table.filter(pc.is_valid(table["candidate"]))["post_id"])
    # What became of candidates is told anew by whoever judges them; that no more can be had stays true.
    short = pc.and_(pc.equal(pc.fill_null(table["rule"], ""), SHORTFALL), has_some)
    reason = pc.replace_substring_regex(table["reason"], f"^.*{NO_MORE}", NO_MORE)
    table = table.set_column(table.column_names.index("reason"), "reason", pc.if_else(short, reason, table["reason"]))
    stale = pc.and_(short, pc.invert(pc.starts_with(pc.fill_null(reason, ""), NO_MORE)))
    return table.filter(pc.invert(stale)).sort_by([("post_id", "ascending"), ("candidate", "ascending")])


def stored_candidates(output: str, name: str) -> CandidateUnit:
    """Where the candidates of a unit lie below an output folder; the table is there when it is whole."""
    return CandidateUnit(name=name, paths=(f"{output}/{_path(name)}",))


def write_candidates(output: str, name: str, table: pa.Table) -> None:
    """Writes a table of CANDIDATES to its place below an output folder."""
    with part(output, _path(name), CANDIDATES, group_rows=GROUP_ROWS, files=[]) as rows:
        rows.write_table(table)


def _path(name: str) -> str:
    return f"{WORK}/candidates/{name}.parquet"


def _candidates(path: str) -> pa.Table:
    """Of any of the three tables; columns and scores that an earlier release did not have are null."""
    with FileSystems.open(path) as file:
        # Not read_table: its scanner's threads may let go of a Python file when the interpreter is gone, and abort.
        table = pq.ParquetFile(file).read(use_threads=False)
    of_post = pc.is_null(table["candidate"])
    columns: dict[str, Any] = {name: table[name] for name in CANDIDATES.names if name in table.column_names}
    columns["scores"] = _scores(table["scores"].combine_chunks())
    for name in ("rule", "reason"):
        told = columns.get(name, pa.nulls(len(table), pa.string()))
        columns[name] = pc.if_else(of_post, told, pa.scalar(None, pa.string()))
    nothing = {name: pa.nulls(len(table), CANDIDATES.field(name).type) for name in CANDIDATES.names}
    found = {**nothing, **columns}
    return pa.table({name: found[name].cast(CANDIDATES.field(name).type) for name in CANDIDATES.names})


def _scores(stored: pa.StructArray) -> pa.StructArray:
    """The scores of the rules there are now."""
    there = {field.name for field in stored.type}
    columns = [
        pc.struct_field(stored, name) if name in there else pa.nulls(len(stored), pa.float64()) for name in RULE_NAMES
    ]
    return pa.StructArray.from_arrays(columns, fields=list(SCORES), mask=pc.is_null(stored))
