import hashlib
import json
from pathlib import Path

import apache_beam as beam
import pyarrow.parquet as pq
import pytest
from apache_beam.testing.util import assert_that
from candidate_rows import candidate, no_more, table_of

from pipelines.augment.candidate_tables import SHORTFALL, stored_candidates, write_candidates
from pipelines.augment.judge_units import JudgeUnits, passed_candidates
from pipelines.augment.judging import Judging
from pipelines.augment.near_duplicates import CandidateKey
from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.filters.copy import Copy
from pipelines.filters.selection import Selection

pytestmark = pytest.mark.slow

SAME = "The quiet cat mends a warm lamp beside every garden train and counts soft birds."
OTHER = "Then eleven dogs paint the boat, and nobody prints letters in the kettle's window."
JUDGING = Judging(rules=(Copy(),), selection=Selection(), per_post=1)
UNITS = {
    "one": [candidate("1", 1, SAME, copy=0.2), no_more("3", SHORTFALL, "no words")],
    "two": [
        candidate("2", 1, OTHER, copy=0.0),
        candidate("2", 2, SAME, copy=0.2),
        candidate("2", 3, OTHER, copy=0.3),
    ],
}


@pytest.fixture
def output(tmp_path):
    for name, rows in UNITS.items():
        write_candidates(str(tmp_path), name, table_of(*rows))
    return tmp_path


def judged(output, judging=JUDGING, part_of=lambda number: number):
    """The receipts, by the first unit of their part; of itself, every unit is a part."""

    def keep(paths):
        (output / "kept.json").write_text(json.dumps(paths))

    with beam_pipeline(beam_options(["--direct_num_workers=1"], units=1)) as pipeline:
        units = pipeline | beam.Create(
            [
                stored_candidates(str(output), name, number=number, part=part_of(number))
                for number, name in reversed(list(enumerate(UNITS)))
            ]
        )
        assert_that(units | JudgeUnits(output=str(output), judging=judging), keep)
    paths = json.loads((output / "kept.json").read_text())
    receipts = [json.loads(Path(path).read_text()) for path in paths]
    return {receipt["units"][0]: receipt for receipt in receipts}


def rows(output, receipt, folder):
    (path,) = (file["path"] for file in receipt["files"] if file["path"].startswith(f"{folder}part-"))
    return pq.ParquetFile(output / path).read().to_pylist()


def test_units_become_parts_and_a_near_duplicate_in_another_unit_is_a_reject(output):
    receipts = judged(output)
    first, second = ([row["variation_id"] for row in rows(output, receipts[name], "")] for name in UNITS)
    assert (first, second) == (["1~v1"], ["2~v1"])
    rejects = [(row["variation_id"], row["rule"]) for name in UNITS for row in rows(output, receipts[name], "rejects/")]
    assert rejects == [(None, "shortfall"), ("2~c1", "copy"), ("2~c2", "near_duplicate")]


def test_a_receipt_accounts_for_its_unit(output):
    receipt = judged(output)["two"]
    for file, rows_written in zip(receipt.pop("files"), (1, 2), strict=True):
        data = (output / file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert file["rows"] == rows_written
    assert receipt == {
        "units": ["two"],
        "posts": 1,
        "candidates": 3,
        "rejected": 2,
        "short": 0,
        "failed": 0,
        "failure": "",
        "rejected_by_rule": {"copy": 1, "near_duplicate": 1},
        "change_sum": 0.2,
    }


def test_units_of_one_part_are_judged_as_units_of_their_own_and_written_in_the_plans_order(output):
    alone = judged(output)
    both = [
        (folder, [row for unit in UNITS for row in rows(output, alone[unit], folder)]) for folder in ("", "rejects/")
    ]
    (together,) = judged(output, part_of=lambda _: 0).values()
    assert together["units"] == ["one", "two"]
    assert [(folder, rows(output, together, folder)) for folder, _ in both] == both
    for count in ("posts", "candidates", "rejected", "short", "failed", "change_sum"):
        assert together[count] == sum(receipt[count] for receipt in alone.values())
    assert together["rejected_by_rule"] == {"copy": 1, "near_duplicate": 1}


def test_a_unit_judged_before_is_not_judged_again(output):
    before = judged(output)
    parts = {path: path.stat().st_mtime_ns for path in output.glob("**/part-*")}
    assert judged(output) == before
    assert {path: path.stat().st_mtime_ns for path in output.glob("**/part-*")} == parts


def test_passed_are_those_that_every_rule_keeps(output):
    passed = passed_candidates(stored_candidates(str(output), "two", number=1, part=1), judging=JUDGING)
    assert passed.keys == [CandidateKey("2", 2), CandidateKey("2", 3)]
    assert passed.texts == [SAME, OTHER]


def test_a_part_that_was_lost_is_written_again(output):
    receipt = judged(output)["two"]
    lost = output / receipt["files"][0]["path"]
    data = lost.read_bytes()
    lost.unlink()
    assert judged(output)["two"] == receipt
    assert lost.read_bytes() == data
