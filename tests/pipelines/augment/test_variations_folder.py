import json
import logging
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from variations_parts import VARIATIONS, variation

from pipelines.augment.outcome import next_look, outcome
from pipelines.augment.variations_folder import FinishVariations, incomplete_files, log_outcome
from pipelines.write.atomic import write_json
from pipelines.write.manifest import ConservationError
from pipelines.write.receipts import with_receipt

UNITS = ["one", "two"]
SETTINGS = {
    "inputs": {"dataset": "../dataset"},
    "change": 0.3,
    "strategy": "neighbour",
    "per_post": 2,
    "seed": 7,
    "model_sha256": "ab" * 32,
    "filters": {},
}


@pytest.fixture
def output(tmp_path):
    """Two units judged: of three posts five candidates, of which three were accepted."""
    for unit, accepted, rejected, short in (("one", 1, 2, 1), ("two", 2, 0, 0)):
        files = []
        for folder, rows in (("", accepted), ("rejects/", rejected + short)):
            path = tmp_path / f"{folder}part-{unit}.parquet"
            path.parent.mkdir(exist_ok=True)
            pq.write_table(pa.Table.from_pylist([variation(unit)] * rows, VARIATIONS), path)
            files.append({"path": str(path.relative_to(tmp_path)), "rows": rows, "bytes": path.stat().st_size})
        receipt = {
            "units": [unit],
            "files": files,
            "posts": accepted,
            "candidates": accepted + rejected,
            "rejected": rejected,
            "short": short,
            "failed": 0,
            "failure": "",
            "rejected_by_rule": {"copy": rejected, "drift": 1} if rejected else {},
            "change_sum": 0.25 * accepted,
        }
        path = tmp_path / f".work/judged/{unit}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(receipt))
    return tmp_path


def change(output, unit, /, **values):
    path = output / f".work/judged/{unit}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def finished(output, *, units=UNITS, posts=3, candidates=5, **flags):
    finish = FinishVariations(
        output=str(output), units=units, settings=SETTINGS, posts=posts, candidates=candidates, **flags
    )
    return finish([with_receipt(str(output / f".work/judged/{unit}.json")) for unit in reversed(UNITS)])


def metrics_of(output):
    return json.loads((output / "metrics.json").read_text())


def test_metrics_and_manifest_add_the_units_up(output):
    metrics = {
        "posts": 3,
        "posts_short": 1,
        "posts_failed": 0,
        "candidates": 5,
        "accepted": 3,
        "rejected": 2,
        "rejected_by_rule": {"copy": 2, "drift": 1},
        "change_requested": 0.3,
        "change_measured": 0.25,
    }
    assert finished(output) == {"failure": "", "exported": None, "removed": 0}
    assert metrics_of(output) == metrics
    manifest = json.loads((output / "MANIFEST.json").read_text())
    assert manifest["counts"] == {name: metrics[name] for name in manifest["counts"]}
    assert [file["path"] for file in manifest["files"]] == [
        *("part-one.parquet", "part-two.parquet"),
        *("rejects/part-one.parquet", "rejects/part-two.parquet"),
    ]
    assert (manifest["settings"], manifest["inputs"]) == (SETTINGS, SETTINGS["inputs"])


@pytest.mark.parametrize(
    ("unit", "values", "told"),
    [
        ("two", {"units": ["one"]}, "2 units judged, but 1 different"),
        ("two", {"units": ["three"]}, "2 units judged, but 1 planned"),
        ("one", {"units": []}, "2 units planned, but 1 judged"),
        ("two", {"posts": 1}, "3 posts planned, but 2 judged"),
        ("one", {"candidates": 2}, r"4 candidates, but 3 variations \+ 2 rejects"),
        ("one", {"short": 0}, r"5 candidates, but 3 variations \+ 3 rejects"),
    ],
)
def test_what_vanished_or_appeared_fails_the_job_and_no_manifest_is_written(output, unit, values, told):
    change(output, unit, **values)
    with pytest.raises(ConservationError, match=told):
        finished(output)
    assert not (output / "MANIFEST.json").exists()


def test_a_runner_that_says_done_and_lost_a_part_is_not_trusted(output):
    (output / "part-two.parquet").unlink()
    with pytest.raises(ConservationError, match="4 parts written, but 3 whole"):
        finished(output)


def test_a_unit_that_was_never_judged_is_missed(output):
    with pytest.raises(ConservationError, match="3 units planned, but 2 judged"):
        finished(output, units=[*UNITS, "three"])


def test_the_card_and_the_export_are_there_before_the_manifest(output, monkeypatch):
    def broken(*_args, **_facts):
        raise ConnectionError("the network is gone")

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.augment.variations_folder.write_manifest", broken)
        with pytest.raises(ConnectionError):
            finished(output, export="csv")
    assert not (output / "MANIFEST.json").exists()
    lines = (output / "exports/variations.csv").read_text().splitlines()
    assert len(lines) == 1 + 3
    assert (output / "README.md").read_text().startswith("---")


def test_a_repeated_end_writes_the_same_bytes_and_removes_what_earlier_runs_left(output):
    def all_bytes():
        return {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}

    stale = [output / "part-old.parquet", output / ".work/judged/old.json"]
    for path in stale:
        path.write_text("old")
    assert finished(output, clean=True, export="txt")["removed"] == len(stale)
    before = all_bytes()
    assert not {*stale} & {*before}
    assert finished(output, clean=True, export="txt")["removed"] == 0
    assert all_bytes() == before


def test_candidates_that_the_earlier_run_counted_are_all_judged(output):
    with pytest.raises(ConservationError, match="6 candidates made, but 5 judged"):
        finished(output, candidates=6)


def test_posts_that_failed_are_counted_and_are_an_error_if_all_did(output):
    change(output, "one", failed=1, failure="ValueError: broken")
    assert finished(output)["failure"] == "ValueError: broken"
    assert metrics_of(output)["posts_failed"] == 1
    change(output, "two", failed=2, failure="ValueError: broken")
    with pytest.raises(RuntimeError, match="no post could be handled: ValueError: broken"):
        finished(output)


def test_a_part_cut_short_is_not_whole(output):
    names = ("part-one.parquet", "rejects/part-one.parquet")
    listed = [{"path": path, "bytes": (output / path).stat().st_size} for path in names]
    listed += [{"path": "part-3.parquet", "bytes": 7}]
    (output / "part-one.parquet").write_bytes(b"x")
    assert [file["path"] for file in incomplete_files(str(output), listed)] == ["part-one.parquet", "part-3.parquet"]


def counter(name, count):
    metric = SimpleNamespace(namespace="blogvae", name=name)
    return SimpleNamespace(key=SimpleNamespace(metric=metric), committed=count)


def log_lines(output, caplog, *counters, **flags):
    """What the log tells of a run that took four seconds and ended with a report."""
    result = SimpleNamespace(metrics=lambda: SimpleNamespace(query=lambda: {"counters": counters}))
    write_json(f"{output}/.work/finished.json", finished(output, **flags))
    caplog.clear()
    with caplog.at_level(logging.INFO, "blogvae"):
        log_outcome(str(output), result, cleaned=flags.get("clean", False), seconds=4)
    return caplog.messages


def test_the_log_tells_the_rates_of_this_run_then_the_outcome_then_what_is_next(output, caplog):
    counts = f"{output}: 3 posts, 5 candidates, in 4.0 s"
    told = log_lines(output, caplog)
    assert told == [counts, outcome(metrics_of(output)), next_look(str(output))]
    made = counter("candidates", 6), counter("pieces", 6000), counter("passed", 3)
    assert log_lines(output, caplog, *made)[0] == f"{counts} (1.5 candidates/s, 1,500.0 pieces/s)"


def test_the_log_begins_with_what_failed_and_what_else_was_done(output, caplog):
    change(output, "one", failed=1, failure="ValueError: broken")
    assert log_lines(output, caplog, clean=True, export="csv")[:3] == [
        "1 posts could not be handled: rejects of rule error; the first: ValueError: broken",
        f"{output}/exports/variations.csv written",
        "removed 0 files of earlier runs",
    ]
