"""A killed command goes on to the same bytes, and a grown input costs only the work of what is new."""

import os
import random
import shutil
import signal
import time

import pytest
from blogvae_process import EXPORT, POSTS, blogvae, forked_blogvae, manifest_of, output_bytes, rows_of

KILLS = 30


@pytest.fixture(scope="module")
def posts(tmp_path_factory):
    """Writes a folder of posts and an export."""
    root = tmp_path_factory.mktemp("resume")
    shutil.copytree(POSTS / "garden", root / "posts/garden")
    shutil.copy(EXPORT, root / "posts/export.csv")
    return root / "posts"


def prepare_flags(posts, output):
    return "prepare", f"--input={posts}", f"--output={output}", "--vocab-size=600", "--direct_num_workers=1"


def prepared(posts, output, *more):
    done = blogvae(*prepare_flags(posts, output), *more)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_killed_at_any_moment_a_rerun_ends_with_the_same_bytes(posts, tmp_path):
    prepared(posts, tmp_path / "unbroken")
    whole = output_bytes(tmp_path / "unbroken")
    started = time.perf_counter()
    assert forked_blogvae(*prepare_flags(posts, tmp_path / "forked")) == 0
    seconds = time.perf_counter() - started
    moments = random.Random(7)
    killed = 0
    for number in range(KILLS):
        flags = prepare_flags(posts, tmp_path / f"killed-{number}")
        killed += forked_blogvae(*flags, kill_after=moments.uniform(0.02, 1) * seconds) == -signal.SIGKILL
        assert forked_blogvae(*flags) == 0
        assert output_bytes(tmp_path / f"killed-{number}") == whole
    assert killed > KILLS / 2


def done_units(dataset):
    """The time at which each unit's receipts were written."""
    receipts = [path for path in (dataset / ".work").glob("*/*.json") if path.parent.name != "plan"]
    return {path: path.stat().st_mtime_ns for path in receipts}


def test_a_rerun_does_nothing_again(posts, tmp_path):
    prepared(posts, tmp_path / "dataset")
    before, whole = done_units(tmp_path / "dataset"), output_bytes(tmp_path / "dataset")
    prepared(posts, tmp_path / "dataset")
    assert done_units(tmp_path / "dataset") == before
    assert output_bytes(tmp_path / "dataset") == whole


def test_new_posts_touch_their_units_alone(posts, tmp_path):
    grown, dataset = tmp_path / "posts", tmp_path / "dataset"
    shutil.copytree(posts, grown)
    prepared(grown, dataset)
    before = manifest_of(dataset)
    splits = {row["content_sha256"]: row["split"] for row in rows_of(dataset, "posts/")}
    before_units = done_units(dataset)
    for number in range(10):
        (grown / f"garden/2030-01-{number + 1:02d}-new.txt").write_text(f"The {number}. swallow came back in April.\n")
    said = prepared(grown, dataset)
    after = manifest_of(dataset)
    assert "the tokenizer is that of the earlier run" in said
    assert "1 units new or changed, 1 gone, 1 as they were" in said
    assert after["tokenizer_sha256"] == before["tokenizer_sha256"]
    assert after["counts"]["posts"] == before["counts"]["posts"] + 10
    assert before_units.items() <= done_units(dataset).items()
    now = {row["content_sha256"]: row["split"] for row in rows_of(dataset, "posts/")}
    assert splits.items() <= now.items()

    prepared(grown, dataset, "--retokenize")
    fresh = tmp_path / "fresh"
    prepared(grown, fresh)
    assert manifest_of(dataset)["tokenizer_sha256"] == manifest_of(fresh)["tokenizer_sha256"]
    assert output_bytes(dataset) == output_bytes(fresh)


def test_a_changed_and_a_deleted_source_are_noticed_by_content(posts, tmp_path):
    changing, dataset = tmp_path / "posts", tmp_path / "dataset"
    shutil.copytree(posts, changing)
    prepared(changing, dataset)
    first, *_, last = sorted((changing / "garden").glob("*.txt"))
    seconds = first.stat().st_mtime
    first.write_text(first.read_text().replace("the", "teh", 1))
    os.utime(first, (seconds, seconds))
    last.unlink()
    prepared(changing, dataset)
    texts = {row["source"]: row["text"] for row in rows_of(dataset, "posts/")}
    assert "teh" in texts[f"garden/{first.name}"]
    assert f"garden/{last.name}" not in texts


@pytest.mark.parametrize("what", ["MANIFEST.json", ".work/units.json"])
def test_what_is_left_of_a_run_that_lost_a_file_is_made_whole(posts, tmp_path, what):
    prepared(posts, tmp_path / "dataset")
    whole = output_bytes(tmp_path / "dataset")
    (tmp_path / "dataset" / what).unlink()
    prepared(posts, tmp_path / "dataset")
    assert output_bytes(tmp_path / "dataset") == whole
