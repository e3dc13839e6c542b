import pyarrow.parquet as pq
import pytest
from candidate_tables import candidate, no_more, table_of

from pipelines.candidates import (
    CANDIDATES,
    ERROR,
    SHORTFALL,
    CandidateUnit,
    read_candidates,
    stored_candidates,
    write_candidates,
)
from pipelines.filters.copy import Copy
from pipelines.filters.select import Selection
from pipelines.judge_candidates import judge_candidates
from pipelines.judging import Judging

ROWS = [
    candidate("1", 1, "The cat cleans.", copy=0.2),
    candidate("1", 2, "The dog counts eleven trains.", copy=0.0),
    candidate("2", 1, "A bird prints the letter.", copy=0.2),
    no_more("2", ERROR, "ValueError: broken"),
    no_more("3", SHORTFALL, "no words"),
]


@pytest.fixture
def output(tmp_path):
    return str(tmp_path)


def test_what_was_stored_is_read(output):
    write_candidates(output, "unit", table_of(*ROWS))
    table = read_candidates(stored_candidates(output, "unit"))
    assert table.schema == CANDIDATES
    assert table == table_of(*ROWS)


def test_rows_come_by_post_and_number(output):
    write_candidates(output, "unit", table_of(*reversed(ROWS)))
    assert read_candidates(stored_candidates(output, "unit")) == table_of(*ROWS)


@pytest.mark.parametrize("per_post", [1, 2])
def test_variations_and_rejects_are_the_candidates_they_were_made_of(output, per_post):
    """But for the line of a post that broke off, where the post has enough variations without it."""
    judging = Judging(rules=(Copy(),), selection=Selection(), per_post=per_post)
    variations, rejects = judge_candidates(table_of(*ROWS), judging, duplicates={})
    pq.write_table(variations, f"{output}/variations.parquet")
    pq.write_table(rejects, f"{output}/rejects.parquet")
    unit = CandidateUnit(name="unit", paths=(f"{output}/rejects.parquet", f"{output}/variations.parquet"))
    kept = ROWS if per_post == 2 else [row for row in ROWS if row.get("rule") != ERROR]
    assert read_candidates(unit) == table_of(*kept)


def test_a_unit_without_rows_is_empty(output):
    write_candidates(output, "unit", table_of())
    assert read_candidates(stored_candidates(output, "unit")) == table_of()
