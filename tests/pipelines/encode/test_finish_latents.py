import json

import pytest

from pipelines.encode.finish_latents import FinishLatents
from pipelines.write.manifest import ConservationError

SETTINGS = {"inputs": {"dataset": "../dataset"}, "seed": 0}


def receipt(unit, *, posts, rejected, nats):
    """The receipt of a scored unit whose posts have two segments of five pieces each."""
    rows = {"": 2 * posts, "posts/": posts, "rejects/": rejected}
    files = [{"path": f"{folder}part-{unit}.parquet", "rows": count} for folder, count in rows.items()]
    counts = {"posts": posts, "segments": 2 * posts, "pieces": 10 * posts, "rejected_posts": rejected}
    return {"files": files, "counts": counts, "nats": nats}


@pytest.fixture
def receipts(tmp_path):
    """The receipts of two units: of four posts three were encoded."""
    scored = {
        "two": receipt("two", posts=1, rejected=1, nats=10.0),
        "one": receipt("one", posts=2, rejected=0, nats=5.0),
    }
    return [(f"{tmp_path}/.work/scored/{unit}.json", of_unit) for unit, of_unit in scored.items()]


def finished(tmp_path, receipts, **facts):
    planned = {"units": ["one", "two"], "posts": 4, "clean": False, **facts}
    return FinishLatents(output=str(tmp_path), settings=SETTINGS, **planned)(receipts)


def manifest_of(tmp_path):
    return json.loads((tmp_path / "MANIFEST.json").read_text())


def test_the_manifest_adds_the_units_up(tmp_path, receipts):
    assert finished(tmp_path, receipts) == {"removed": 0}
    manifest = manifest_of(tmp_path)
    counts = {"posts": 3, "segments": 6, "pieces": 30, "rejected_posts": 1, "rejected_segments": 0}
    assert (manifest["counts"], manifest["nll_per_piece"]) == (counts, 0.5)
    assert (manifest["settings"], manifest["inputs"]) == (SETTINGS, SETTINGS["inputs"])
    assert [file["path"] for file in manifest["files"]][:2] == ["part-one.parquet", "part-two.parquet"]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"units": ["one", "two", "three"]}, "3 units planned, but 2 written"),
        ({"posts": 5}, r"5 posts, but 3 encoded \+ 1 rejected"),
    ],
)
def test_what_vanished_is_an_error_and_no_manifest_is_written(tmp_path, receipts, facts, told):
    with pytest.raises(ConservationError, match=told):
        finished(tmp_path, receipts, **facts)
    assert not (tmp_path / "MANIFEST.json").exists()


def test_a_segment_that_was_not_written_is_an_error(tmp_path, receipts):
    receipts[0][1]["files"][0]["rows"] = 1
    with pytest.raises(ConservationError, match="6 segments, but 5 written"):
        finished(tmp_path, receipts)


def test_the_order_in_which_units_arrive_changes_nothing(tmp_path, receipts):
    finished(tmp_path, receipts)
    before = (tmp_path / "MANIFEST.json").read_bytes()
    finished(tmp_path, receipts[::-1])
    assert (tmp_path / "MANIFEST.json").read_bytes() == before


def test_a_repeated_end_removes_what_earlier_runs_left_and_no_more(tmp_path, receipts):
    kept = ["part-one.parquet", ".work/encoded/one.json", ".work/encoded/one.segments.parquet", ".work/scored/one.json"]
    stale = ["part-old.parquet", "posts/part-old.parquet", ".work/encoded/old.json", ".work/scored/old.json"]
    for path in [*kept, *stale]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    assert finished(tmp_path, receipts, clean=True) == {"removed": len(stale)}
    assert finished(tmp_path, receipts, clean=True) == {"removed": 0}
    assert all((tmp_path / path).exists() for path in kept)
    assert not any((tmp_path / path).exists() for path in stale)
