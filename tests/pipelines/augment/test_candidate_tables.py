from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from candidate_rows import candidate, no_more, table_of

from pipelines.augment.candidate_tables import (
    CANDIDATES_SCHEMA,
    ERROR,
    NO_MORE,
    SHORTFALL,
    CandidateUnit,
    read_candidates,
    stored_candidates,
    write_candidates,
)
from pipelines.augment.judge_candidates import judge_candidates
from pipelines.augment.judging import Judging
from pipelines.filters.copy import Copy
from pipelines.filters.selection import Selection

ROWS = [
    candidate("1", 1, "The cat cleans.", copy=0.2),
    candidate("1", 2, "The dog counts eleven trains.", copy=0.0),
    candidate("2", 1, "A bird prints the letter.", copy=0.2),
    no_more("2", ERROR, "ValueError: broken"),
    no_more("3", SHORTFALL, "no words"),
    candidate("4", 1, "Small birds count kettles.", copy=0.2),
    no_more("4", SHORTFALL, f"{NO_MORE}what is left are names"),
]


@pytest.fixture
def output(tmp_path):
    return str(tmp_path)


def test_what_was_stored_is_read(output):
    write_candidates(output, "unit", table_of(*ROWS))
    table = read_candidates(stored_candidates(output, "unit", number=0, part=0))
    assert table.schema == CANDIDATES_SCHEMA
    assert table == table_of(*ROWS)


def test_rows_come_by_post_and_number(output):
    write_candidates(output, "unit", table_of(*reversed(ROWS)))
    assert read_candidates(stored_candidates(output, "unit", number=0, part=0)) == table_of(*ROWS)


@pytest.mark.parametrize("per_post", [1, 2])
def test_variations_and_rejects_are_the_candidates_they_were_made_of(output, per_post):
    """But for the line of a post that broke off, where the post has enough variations without it."""
    judging = Judging(rules=(Copy(),), selection=Selection(), per_post=per_post)
    variations, rejects = judge_candidates(table_of(*ROWS), judging, duplicates={})
    pq.write_table(variations, f"{output}/variations.parquet")
    pq.write_table(rejects, f"{output}/rejects.parquet")
    unit = CandidateUnit(
        number=0, part=0, name="unit", paths=(f"{output}/rejects.parquet", f"{output}/variations.parquet")
    )
    kept = ROWS if per_post == 2 else [row for row in ROWS if row not in (ROWS[3], ROWS[6])]
    assert read_candidates(unit) == table_of(*kept)


def test_a_unit_without_rows_is_empty(output):
    write_candidates(output, "unit", table_of())
    assert read_candidates(stored_candidates(output, "unit", number=0, part=0)) == table_of()


def test_what_became_of_the_candidates_of_a_short_post_is_not_read_again(output):
    told = "1 of 2 variations after 1 candidates (rejected by: copy 1)"
    write_candidates(output, "unit", table_of(ROWS[0], no_more("1", SHORTFALL, told)))
    assert read_candidates(stored_candidates(output, "unit", number=0, part=0)) == table_of(ROWS[0])


def test_a_table_of_an_earlier_release_is_read_by_the_rules_there_are(output):
    """Without edits, with a score of a rule that is gone, without one of a rule that came."""
    row = {name: value for name, value in ROWS[0].items() if name != "edits"}
    row["scores"] = {"copy": 0.2, "fluency": 1.5}
    schema = pa.schema([field for field in CANDIDATES_SCHEMA if field.name not in {"edits", "scores"}])
    schema = schema.append(pa.field("scores", pa.struct([("copy", pa.float64()), ("fluency", pa.float64())])))
    rows = [row, {**no_more("3", SHORTFALL, "no words"), "scores": None}]
    (path,) = stored_candidates(output, "unit", number=0, part=0).paths
    Path(path).parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, schema), path)
    found = read_candidates(CandidateUnit(number=0, part=0, name="unit", paths=(path,)))
    assert found == table_of({**ROWS[0], "edits": None}, ROWS[4])
