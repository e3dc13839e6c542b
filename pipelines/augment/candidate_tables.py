"""The tables of augment and judge: candidates with their scores, variations, and rejected candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.filters.all_rules import RULE_NAMES
from pipelines.posts.schemas import METADATA_FIELDS
from pipelines.write.manifest import WORK
from pipelines.write.parquet import parquet_part

if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA_COLUMNS = (*(field.name for field in METADATA_FIELDS), "language")
"""The columns that a variation takes from its post, so that `prepare` can read it as a post."""

SHORTFALL, ERROR = "shortfall", "error"
"""The `rule` of a reject of stage "post": it has fewer variations than asked for, or memory did not suffice for it."""

NO_MORE = "no more can be had: "
"""Begins the reason of a post that has candidates but of which no more can be made."""

SCORES_TYPE = pa.struct([(name, pa.float64()) for name in RULE_NAMES])

EDITS_TYPE = pa.list_(
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
"""The exchanges of a candidate: the words `old` from word `start` of a segment became `new`, which people accept with
this probability. Null if segments were decoded as a whole."""

_CANDIDATE_FIELDS = [
    pa.field("candidate", pa.int32()),
    pa.field("text", pa.string()),
    *METADATA_FIELDS,
    pa.field("language", pa.string()),
    pa.field("strategy", pa.string()),
    pa.field("seed", pa.int64()),
    pa.field("change_requested", pa.float64()),
    pa.field("change_measured", pa.float64()),
    pa.field("scores", SCORES_TYPE),
    pa.field("segments_changed", pa.int32()),
    pa.field("model_sha256", pa.string()),
]
_REASON_FIELDS = [pa.field("rule", pa.string()), pa.field("reason", pa.string())]
_EDITS_FIELDS = [pa.field("edits", EDITS_TYPE)]

CANDIDATES_SCHEMA = pa.schema([pa.field("post_id", pa.string()), *_CANDIDATE_FIELDS, *_REASON_FIELDS, *_EDITS_FIELDS])
"""One row for each candidate, numbered from 1 within its post. A post of which no candidate, or no more, can be made
has another row, without text and number but with rule and reason."""

_VARIATION_FIELDS = [
    pa.field("variation_id", pa.string()),
    pa.field("post_id", pa.string()),
    pa.field("variant", pa.int32()),
    *_CANDIDATE_FIELDS,
]
VARIATIONS_SCHEMA = pa.schema([*_VARIATION_FIELDS, *_EDITS_FIELDS])
REJECTED_CANDIDATES_SCHEMA = pa.schema(
    [
        *_VARIATION_FIELDS,
        pa.field("stage", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("value", pa.string()),
        pa.field("threshold", pa.string()),
        pa.field("reason", pa.string()),
        *_EDITS_FIELDS,
    ]
)
CANDIDATE_GROUP_ROWS = 1024
"""Rows of a row group of these tables."""

RULE_SEPARATOR = " | "
"""Stands between the rules that a reject failed, and between their values and thresholds."""

UNITS_IN_PART: Final = 32
"""Units whose judged candidates go to one part: at most 2,048 posts, some megabytes of variations."""

VARIATIONS_FORMAT = "blogvae-variations/1"
"""The format that the manifest of a variations folder names."""


@dataclass(frozen=True, kw_only=True)
class CandidateUnit:
    """The files that hold the candidates of some posts: one table of candidates, or their variations and rejects.

    `number` is the unit's place in the plan, and `part` that of the part of the output to which its judged candidates
    go.
    """

    number: int
    part: int
    name: str
    paths: tuple[str, ...]

    @classmethod
    def of_json(cls, facts: Mapping[str, Any]) -> CandidateUnit:
        """Returns the unit of which `asdict` and JSON made these facts."""
        return cls(**{**facts, "paths": tuple(facts["paths"])})


def read_candidates(unit: CandidateUnit) -> pa.Table:
    """The table of a unit's candidates, sorted by post and number; a post's row without a number comes last."""
    table = pa.concat_tables([_candidates(path) for path in unit.paths])
    has_some = pc.is_in(table["post_id"], table.filter(pc.is_valid(table["candidate"]))["post_id"])
    # Judging counts the rejected candidates anew; only the part of a reason that no more can be made stays true.
    short = pc.and_(pc.equal(pc.fill_null(table["rule"], ""), SHORTFALL), has_some)
    reason = pc.replace_substring_regex(table["reason"], f"^.*{NO_MORE}", NO_MORE)
    table = table.set_column(table.column_names.index("reason"), "reason", pc.if_else(short, reason, table["reason"]))
    stale = pc.and_(short, pc.invert(pc.starts_with(pc.fill_null(reason, ""), NO_MORE)))
    return table.filter(pc.invert(stale)).sort_by([("post_id", "ascending"), ("candidate", "ascending")])


def stored_candidates(output: str, name: str, *, number: int, part: int) -> CandidateUnit:
    """Returns the unit whose candidates are stored below an output folder."""
    return CandidateUnit(number=number, part=part, name=name, paths=(candidates_path(output, name),))


def candidates_path(output: str, name: str) -> str:
    """Returns the path of a unit's stored candidates, which exists once they are complete."""
    return f"{output}/{_path(name)}"


def write_candidates(output: str, name: str, table: pa.Table) -> None:
    """Writes a unit's table of candidates below an output folder."""
    with parquet_part(output, _path(name), CANDIDATES_SCHEMA, group_rows=CANDIDATE_GROUP_ROWS, files=[]) as rows:
        rows.write_table(table)


def _path(name: str) -> str:
    return f"{WORK}/candidates/{name}.parquet"


def _candidates(path: str) -> pa.Table:
    """Reads the candidates of any of the three tables; columns and scores that an earlier release lacked are null."""
    with FileSystems.open(path) as file:
        # Not read_table: its scanner's threads may let go of a Python file when the interpreter is gone, and abort.
        table = pq.ParquetFile(file).read(use_threads=False)
    of_post = pc.is_null(table["candidate"])
    columns: dict[str, Any] = {name: table[name] for name in CANDIDATES_SCHEMA.names if name in table.column_names}
    columns["scores"] = _scores(table["scores"].combine_chunks())
    for name in ("rule", "reason"):
        reasons = columns.get(name, pa.nulls(len(table), pa.string()))
        columns[name] = pc.if_else(of_post, reasons, pa.scalar(None, pa.string()))
    missing = {name: pa.nulls(len(table), CANDIDATES_SCHEMA.field(name).type) for name in CANDIDATES_SCHEMA.names}
    columns = {**missing, **columns}
    return pa.table({name: columns[name].cast(CANDIDATES_SCHEMA.field(name).type) for name in CANDIDATES_SCHEMA.names})


def _scores(stored: pa.StructArray) -> pa.StructArray:
    """The scores of today's rules; null for a rule that an earlier release lacked."""
    stored_rules = {field.name for field in stored.type}
    columns = [
        pc.struct_field(stored, name) if name in stored_rules else pa.nulls(len(stored), pa.float64())
        for name in RULE_NAMES
    ]
    return pa.StructArray.from_arrays(columns, fields=list(SCORES_TYPE), mask=pc.is_null(stored))
