import json
import logging
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.beam.pipeline import beam_options
from pipelines.commands.planned_work import (
    PlannedWork,
    augment_seconds,
    log_plan,
    planned_inputs,
    planned_posts,
    planned_variations,
    prepare_seconds,
    workers_of,
)
from pipelines.read.files.inputs import list_inputs

RECORD = json.loads((Path(__file__).parents[3] / "benchmarks/results/prepare_growth.json").read_text())


def work_of(folder, *, limit=None):
    return planned_inputs(list_inputs([str(folder)]).files, columns=None, limit=limit)


def write_csv(path, *, rows, content="A kettle boils. " * 40):
    path.write_text("title,content\n" + "".join(f"Post {row},{content}\n" for row in range(rows)))


def test_short_files_are_counted(tmp_path):
    (tmp_path / "a.txt").write_text("The kettle boils.")
    (tmp_path / "b.md").write_text("The lamp goes out.")
    write_csv(tmp_path / "c.csv", rows=7)
    size = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert work_of(tmp_path) == PlannedWork(files=3, bytes=size, units=2, posts=9)
    assert work_of(tmp_path, limit=4).posts == 4


def test_of_a_long_file_of_records_the_first_part_is_read_and_the_rest_is_estimated(tmp_path):
    write_csv(tmp_path / "long.csv", rows=20_000)
    size = (tmp_path / "long.csv").stat().st_size
    work = work_of(tmp_path)
    assert work.units == -(-size // (4 << 20)) == 4
    assert work.posts != 20_000
    assert work.posts == pytest.approx(20_000, rel=0.05)


def test_the_rows_of_a_parquet_file_are_told_by_its_footer(tmp_path):
    rows = 30_000
    table = pa.table({"title": ["Tea"] * rows, "content": ["The kettle boils. " * 10] * rows})
    pq.write_table(table, tmp_path / "a.parquet")
    assert work_of(tmp_path).posts == rows


def test_a_damaged_parquet_file_has_no_posts(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no more")
    assert work_of(tmp_path).posts == 0


@pytest.mark.parametrize("times", ["x1", "x16"])
def test_the_estimate_is_near_what_was_recorded(times):
    run = RECORD["runs"][times]
    work = PlannedWork(files=4, bytes=round(run["megabytes"] * 1e6), units=99, posts=run["posts"])
    assert prepare_seconds(work, workers=2, trains_tokenizer=False) == pytest.approx(run["seconds"], rel=0.1)


def test_more_workers_than_units_are_no_faster_and_a_tokenizer_takes_its_time():
    work = PlannedWork(files=1, bytes=100_000_000, units=2, posts=9)
    two = prepare_seconds(work, workers=2, trains_tokenizer=False)
    assert prepare_seconds(work, workers=9, trains_tokenizer=False) == two
    assert prepare_seconds(work, workers=2, trains_tokenizer=True) == pytest.approx(two + 5.4)


def test_the_time_of_augment_grows_with_segments_and_variations():
    work = PlannedWork(files=1, bytes=1, units=4, posts=9)
    start = augment_seconds(work, segments=0, per_post=2, workers=1)
    one = augment_seconds(work, segments=100, per_post=2, workers=1) - start
    assert augment_seconds(work, segments=100, per_post=4, workers=2) - start == pytest.approx(one)
    assert augment_seconds(work, segments=300, per_post=2, workers=1) - start == pytest.approx(3 * one)


def test_posts_of_a_dataset_are_told_by_its_manifest_and_footers(tmp_path):
    (tmp_path / "posts").mkdir()
    table = pa.table({"text": ["Tea"] * 100})
    pq.write_table(table, tmp_path / "posts/part-a.parquet", row_group_size=64)
    files = [
        {"path": "posts/part-a.parquet", "rows": 100, "bytes": 1234, "sha256": "a"},
        {"path": "rejects/part-a.parquet", "rows": 1, "bytes": 99, "sha256": "b"},
    ]
    manifest = {"files": files, "counts": {"posts": 100, "segments": 500}}
    (tmp_path / "MANIFEST.json").write_text(json.dumps(manifest))
    assert planned_posts(str(tmp_path), limit=None) == (PlannedWork(files=1, bytes=1234, units=2, posts=100), 500)
    assert planned_posts(str(tmp_path), limit=10) == (PlannedWork(files=1, bytes=1234, units=1, posts=10), 50)


def test_variations_of_inputs_have_units_of_64_posts():
    inputs = PlannedWork(files=3, bytes=280_000, units=1, posts=130)
    assert planned_variations(inputs) == (PlannedWork(files=3, bytes=280_000, units=3, posts=130), 1000)


@pytest.mark.parametrize(
    ("options", "workers"),
    [
        (lambda: beam_options(["--direct_num_workers=3"], units=9), 3),
        (lambda: PipelineOptions(["--runner=DataflowRunner", "--max_num_workers=20", "--num_workers=2"]), 20),
        (lambda: PipelineOptions(["--runner=FlinkRunner"]), 1),
    ],
)
def test_workers_are_those_that_the_flags_give(options, workers):
    assert workers_of(options()) == workers


@pytest.mark.parametrize(
    ("seconds", "duration"),
    [
        (9.4, "about 9 seconds with 2 workers"),
        (600, "about 10 minutes with 2 workers"),
        (36_000, "about 10 hours with 2 workers"),
        (None, "no time is recorded for a GPU"),
    ],
)
def test_a_plan_is_one_line(caplog, seconds, duration):
    work = PlannedWork(files=3, bytes=1_000_000, units=1, posts=86)
    with caplog.at_level(logging.INFO, "blogvae"):
        log_plan("prepare", "out", work, seconds=seconds, workers=2)
    assert caplog.messages == [
        f"out: would read 3 files of 1,000,000 bytes in about 1 units, about 86 posts; {duration}; nothing was written"
    ]
    (record,) = caplog.records
    assert vars(record)["counts"] == {"files": 3, "bytes": 1_000_000, "units": 1, "posts": 86, "workers": 2}
