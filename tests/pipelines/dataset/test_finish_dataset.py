import argparse
import json
from pathlib import Path

import pytest
import yaml

from pipelines.dataset.drop_boilerplate import find_lines, lines_path
from pipelines.dataset.finish_dataset import finish_dataset, log_findings
from pipelines.dataset.merge_shards import plan_shards, write_shard
from pipelines.dataset.prepare_settings import prepare_settings
from pipelines.dataset.previous_run import PreviousRun
from pipelines.dataset.step_results import STEPS, StepResults
from pipelines.dataset.train_tokenizer import NO_TOKENIZER, stage_tokenizer
from pipelines.errors import UserError
from pipelines.flags.prepare import add_arguments
from pipelines.write.atomic import read_json, write_json
from pipelines.write.manifest import ConservationError

pytestmark = pytest.mark.slow

LABELS = {"category": ["tea"], "author": ["Bo", "Ann"]}
TEXTS = {"a.txt": "The cat painted.", "b.txt": "", "posts.csv": "id,content\n7,The dog cleaned the kettle.\n8,\n"}


@pytest.fixture
def ran(staged, encode, tmp_path, tokenizer):
    """Returns a function that does all steps of a run but the last on these texts, and returns their StepResults."""

    def run(texts):
        units = staged(texts)
        output = str(tmp_path / "dataset")
        results = StepResults(output)
        encoded = [(unit.number, path, read_json(path)) for unit, path in zip(units, encode(units), strict=True)]
        shards = [write_shard(shard, output=output) for shard in plan_shards(encoded, shard_bytes=1 << 20)]
        find_lines([], path=lines_path(output), drop=True)
        for step, rows in {
            "units": [(unit.number, unit.fingerprint, 10) for unit in units],
            "cleaned": [(unit.number, unit.counts) for unit in units],
            "staged": [(unit.number, unit.fingerprint, 0) for unit in units],
            "tokenizer": [stage_tokenizer(tokenizer, output=output)],
            "labels": [LABELS],
            "encoded": encoded,
            "shards": shards,
        }.items():
            write_json(results.path(step), rows)
        return results

    return run


@pytest.fixture
def results(ran):
    """The results of a run on two units, each with a post and a reject."""
    return ran(TEXTS)


def end(results, *flags, clean=False, steps=STEPS):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    settings = prepare_settings(parser.parse_args(["--input=posts", f"--output={results.output}", *flags]))
    return finish_dataset(steps, output=results.output, settings=settings.recorded(), clean=clean)


def log_lines(results, caplog, *, units=()):
    """What the log tells of the finished dataset, after a run on these units."""
    statistics, manifest = (read_json(f"{results.output}/{name}") for name in ("stats.json", "MANIFEST.json"))
    with caplog.at_level("INFO", logger="blogvae"):
        previous = PreviousRun(output=results.output, manifest={"units": units} if units else None)
        log_findings(statistics, manifest, previous=previous)
    return caplog.messages


def update_first(results, step, **facts):
    """Changes facts in the first result of a step, whose last item holds them."""
    (*names, held), *others = results.of(step)
    write_json(results.path(step), [[*names, held | facts], *others])


def test_the_counts_match_the_rows_of_the_files(results, tokenizer):
    assert end(results) == {"removed": 0}
    manifest = json.loads(Path(results.output, "MANIFEST.json").read_text())
    assert manifest["counts"] == {"rows_read": 4, "posts": 2, "rejects": 2, "segments": 2}
    assert manifest["tokenizer_sha256"] == tokenizer.sha256
    assert manifest["labels"] == LABELS
    assert manifest["units"] == sorted(name for _, name, _ in results.of("units"))
    folders = [file["path"].partition("/")[0] for file in manifest["files"]]
    assert folders[:4] == ["posts", "posts", "rejects", "rejects"]
    assert set(folders[4:]) == {"shards"}
    assert Path(results.output, "tokenizer/spm.model").read_bytes() == tokenizer.model


def test_statistics_and_their_page_are_written_beside_the_manifest(results):
    end(results)
    statistics = json.loads(Path(results.output, "stats.json").read_text())
    assert statistics["rejects"] == {"empty body": 1, "empty content": 1}
    assert statistics["duplicates"]["mode"] == "report"
    assert Path(results.output, "stats.html").read_text().startswith("<!doctype html>")


def test_the_card_names_the_files_of_the_manifest(results):
    end(results)
    header = yaml.safe_load(Path(results.output, "README.md").read_text().split("---\n")[1])
    named = [path for config in header["configs"] for files in config["data_files"] for path in files["path"]]
    manifest = json.loads(Path(results.output, "MANIFEST.json").read_text())
    assert sorted(named) == sorted(file["path"] for file in manifest["files"])


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("units", "1 units planned, but 2 cleaned"),
        ("staged", "2 units planned, but 1 cleaned"),
        ("encoded", "2 units planned, but 1 encoded"),
    ],
)
def test_a_unit_that_vanished_is_an_error_and_no_manifest_is_written(results, step, message):
    write_json(results.path(step), results.of(step)[1:])
    with pytest.raises(ConservationError, match=message):
        end(results)
    assert not Path(results.output, "MANIFEST.json").exists()


def test_a_step_whose_results_did_not_arrive_is_an_error(results):
    with pytest.raises(ConservationError, match="7 steps, but 6 written"):
        end(results, steps=STEPS[1:])
    assert not Path(results.output, "MANIFEST.json").exists()


def test_a_repeated_end_writes_the_same_bytes(results, monkeypatch):
    def all_bytes():
        files = [path for path in Path(results.output).rglob("*") if path.is_file()]
        return {path: path.read_bytes() for path in files}

    def broken(*_args, **_facts):
        raise ConnectionError("the network is gone")

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.dataset.finish_dataset.write_manifest", broken)
        with pytest.raises(ConnectionError):
            end(results, clean=True)
    assert not Path(results.output, "MANIFEST.json").exists()
    end(results, clean=True)
    before = all_bytes()
    end(results, clean=True)
    assert all_bytes() == before


def test_a_row_that_vanished_is_an_error(results):
    update_first(results, "cleaned", read=3)
    with pytest.raises(ConservationError, match=r"5 rows read, but 2 posts \+ 2 rejects"):
        end(results)
    assert not Path(results.output, "MANIFEST.json").exists()


@pytest.mark.parametrize("folder", ["posts", "rejects"])
def test_a_row_that_was_not_written_is_an_error(results, folder):
    *_, receipt = results.of("encoded")[0]
    files = [file for file in receipt["files"] if not file["path"].startswith(folder)]
    update_first(results, "encoded", files=files)
    with pytest.raises(ConservationError, match="4 rows read, but "):
        end(results)


def test_a_row_that_was_written_twice_is_an_error(results):
    *_, receipt = results.of("encoded")[0]
    update_first(results, "encoded", files=receipt["files"] * 2)
    with pytest.raises(ConservationError, match=r"4 rows read, but 3 posts \+ 3 rejects"):
        end(results)


def test_a_shard_that_vanished_is_an_error(results):
    write_json(results.path("shards"), results.of("shards")[1:])
    with pytest.raises(ConservationError, match="2 segments encoded, but "):
        end(results)
    assert not Path(results.output, "MANIFEST.json").exists()


def test_an_earlier_manifest_stays_if_a_row_vanished(results):
    end(results)
    before = Path(results.output, "MANIFEST.json").read_bytes()
    write_json(results.path("shards"), [])
    with pytest.raises(ConservationError):
        end(results)
    assert Path(results.output, "MANIFEST.json").read_bytes() == before


def test_the_error_for_no_usable_post_lists_the_reasons(ran):
    results = ran({"a.txt": "", "b.txt": " ", "posts.csv": "id,content\n8,\n"})
    with pytest.raises(UserError, match=r"^posts: no usable post \(2 empty body, 1 empty content\)$"):
        end(results)


def test_posts_without_a_sentence_need_a_given_tokenizer(results):
    write_json(results.path("tokenizer"), [NO_TOKENIZER])
    with pytest.raises(UserError, match=r"^posts: no sentence to train a tokenizer on; give one with --tokenizer$"):
        end(results)


def test_the_log_counts_units_that_are_new_gone_or_unchanged(results, caplog):
    unchanged, _ = (name for _, name, _ in results.of("units"))
    end(results)
    told = log_lines(results, caplog, units=[unchanged, "u1", "u2"])
    assert "since the earlier run: 1 units new or changed, 2 gone, 1 as they were" in told


def test_a_suspicion_is_logged_and_shown_on_the_page(results, tokenizer, caplog):
    end(results, "--vocab-size=90000")
    line = f"the tokenizer has {tokenizer.vocab_size} pieces of 90000 asked for: few words were read"
    told = log_lines(results, caplog)
    assert line in told
    vocabulary = f"vocabulary of {tokenizer.vocab_size} pieces: the posts fill no more of the 90000 asked for"
    assert vocabulary in told
    assert line in Path(results.output, "stats.html").read_text()


def test_what_the_tokenizer_was_trained_on_is_removed(results):
    sample = Path(results.output, ".work/sample/unit.txt")
    sample.parent.mkdir()
    sample.write_text("The cat painted.\n")
    end(results)
    assert not sample.exists()


def test_files_of_earlier_runs_are_removed_with_clean(results):
    stale = Path(results.output, "shards/split=train/bucket=16/part-old.parquet")
    stale.parent.mkdir(parents=True, exist_ok=True)
    stale.write_bytes(b"x")
    end(results)
    assert stale.exists()
    assert end(results, clean=True) == {"removed": 1}
    assert not stale.exists()
    files = json.loads(Path(results.output, "MANIFEST.json").read_text())["files"]
    assert all(Path(results.output, file["path"]).exists() for file in files)
