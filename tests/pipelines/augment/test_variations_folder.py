import json
import logging
from types import SimpleNamespace

import pytest

from pipelines.augment.candidate_tables import CandidateUnit
from pipelines.augment.outcome import next_look, outcome
from pipelines.augment.variations_folder import (
    finish_variations,
    incomplete_files,
    index_path,
    log_outcome,
    write_index,
)
from pipelines.write.manifest import ConservationError

UNITS = [CandidateUnit(name=name, paths=(f"{name}.parquet",)) for name in ("one", "two")]
SETTINGS = {"inputs": {"dataset": "../dataset"}, "change": 0.3}


@pytest.fixture
def output(tmp_path):
    """Two units judged: of three posts five candidates, of which three were accepted."""
    receipts = []
    for unit, accepted, rejected, short in (("one", 1, 2, 1), ("two", 2, 0, 0)):
        files = []
        for folder, rows in (("", accepted), ("rejects/", rejected + short)):
            path = tmp_path / f"{folder}part-{unit}.parquet"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"x" * 7)
            files.append({"path": str(path.relative_to(tmp_path)), "rows": rows, "bytes": 7, "sha256": "abc"})
        receipt = {
            "unit": unit,
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
        (tmp_path / f"{unit}.json").write_text(json.dumps(receipt))
        receipts.append(str(tmp_path / f"{unit}.json"))
    write_index(receipts, path=index_path(str(tmp_path), UNITS))
    return tmp_path


def change(path, **values):
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def finished(output, *, posts=3, candidates=5):
    return finish_variations(str(output), UNITS, settings=SETTINGS, posts=posts, candidates=candidates)


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
    assert finished(output) == metrics == json.loads((output / "metrics.json").read_text())
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
        ("two", {"unit": "one"}, "2 receipts, but 1 units"),
        ("two", {"unit": "three"}, "2 units planned, but 1 done"),
        ("two", {"posts": 1}, "3 posts planned, but 2 judged"),
        ("one", {"candidates": 2}, r"4 candidates, but 3 variations \+ 2 rejects"),
        ("one", {"short": 0}, r"5 candidates, but 3 variations \+ 3 rejects"),
    ],
)
def test_what_vanished_or_appeared_fails_the_job_and_no_manifest_is_written(output, unit, values, told):
    change(output / f"{unit}.json", **values)
    with pytest.raises(ConservationError, match=told):
        finished(output)
    assert not (output / "MANIFEST.json").exists()


def test_a_runner_that_says_done_and_lost_a_part_is_not_trusted(output):
    (output / "part-two.parquet").unlink()
    with pytest.raises(ConservationError, match="4 parts written, but 3 whole"):
        finished(output)


def test_a_runner_that_says_done_and_did_nothing_is_not_trusted(output):
    other = [CandidateUnit(name="another plan", paths=())]
    with pytest.raises(OSError, match="runs"):
        finish_variations(str(output), other, settings=SETTINGS, posts=3)


def test_candidates_that_the_earlier_run_counted_are_all_judged(output):
    with pytest.raises(ConservationError, match="6 candidates made, but 5 judged"):
        finished(output, candidates=6)


def test_posts_that_failed_are_told_and_are_an_error_if_all_did(output, caplog):
    change(output / "one.json", failed=1, failure="ValueError: broken")
    logging.getLogger("blogvae").propagate = True
    assert finished(output)["posts_failed"] == 1
    assert "1 posts could not be handled: rejects of rule error; the first: ValueError: broken" in caplog.text
    change(output / "two.json", failed=2, failure="ValueError: broken")
    with pytest.raises(RuntimeError, match="no post could be handled: ValueError: broken"):
        finished(output)


def test_a_part_cut_short_is_not_whole(output):
    (output / "part-one.parquet").write_bytes(b"x")
    listed = [{"path": path, "bytes": 7} for path in ("part-one.parquet", "rejects/part-one.parquet", "part-3.parquet")]
    assert [file["path"] for file in incomplete_files(str(output), listed)] == ["part-one.parquet", "part-3.parquet"]


def test_the_log_tells_the_rates_of_this_run_then_the_outcome_then_what_is_next(output, caplog):
    def counter(name, count):
        metric = SimpleNamespace(namespace="augment", name=name)
        return SimpleNamespace(key=SimpleNamespace(metric=metric), committed=count)

    class Result:
        def __init__(self, *counters):
            self.counters = counters

        def metrics(self):
            return SimpleNamespace(query=lambda: {"counters": self.counters})

    metrics, counts = finished(output), "out: 3 posts, 5 candidates, in 4.0 s"
    logging.getLogger("blogvae").propagate = True
    caplog.set_level(logging.INFO, "blogvae")
    log_outcome("out", metrics, Result(), seconds=4)
    assert caplog.messages[-3:] == [counts, outcome(metrics), next_look("out")]
    made = Result(counter("candidates", 6), counter("pieces", 6000), counter("passed", 3))
    log_outcome("out", metrics, made, seconds=4)
    assert caplog.messages[-3] == f"{counts} (1.5 candidates/s, 1,500.0 pieces/s)"
