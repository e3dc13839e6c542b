import argparse
import json
from pathlib import Path

import pytest

from pipelines.dataset.drop_boilerplate import find_lines, lines_path
from pipelines.dataset.finish_dataset import finish_dataset
from pipelines.dataset.merge_shards import plan_shards, write_shard
from pipelines.dataset.prepare_settings import add_arguments, prepare_settings
from pipelines.dataset.previous_run import PreviousRun
from pipelines.dataset.staged_posts import receipt_path
from pipelines.dataset.step_results import StepResults
from pipelines.dataset.train_tokenizer import NO_TOKENIZER, stage_tokenizer
from pipelines.errors import UserError
from pipelines.write.atomic import read_json, write_json
from pipelines.write.manifest import ConservationError

pytestmark = pytest.mark.slow

LABELS = {"category": ["tea"], "author": ["Bo", "Ann"]}
TEXTS = {"a.txt": "The cat painted.", "b.txt": "", "posts.csv": "id,content\n7,The dog cleaned the kettle.\n8,\n"}


@pytest.fixture
def ran(staged, encode, tmp_path, tokenizer):
    """What a run leaves before its end, of two units with a post and a reject each."""

    def run(texts):
        units = staged(texts)
        output = str(tmp_path / "dataset")
        outcome = StepResults(output)
        encoded = [(unit.number, path) for unit, path in zip(units, encode(units), strict=True)]
        shards = [write_shard(shard, output=output) for shard in plan_shards(encoded, shard_bytes=1 << 20)]
        find_lines([], path=lines_path(output), drop=True)
        for step, results in {
            "units": [(unit.number, unit.fingerprint, 10) for unit in units],
            "staged": [(unit.number, unit.fingerprint) for unit in units],
            "tokenizer": [stage_tokenizer(tokenizer, output=output)],
            "labels": [LABELS],
            "encoded": encoded,
            "shards": shards,
        }.items():
            write_json(outcome.path(step), results)
        return outcome

    return run


@pytest.fixture
def outcome(ran):
    return ran(TEXTS)


def end(outcome, *flags, clean=False, earlier=None):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    settings = prepare_settings(parser.parse_args(["--input=posts", f"--output={outcome.output}", *flags]))
    earlier = earlier or PreviousRun(output=outcome.output, manifest=None)
    return finish_dataset(outcome, settings, earlier=earlier, clean=clean)


def changed(path, **facts):
    write_json(path, read_json(path) | facts)


def test_the_counts_are_those_of_the_files(outcome, tokenizer):
    assert end(outcome) == {"rows_read": 4, "posts": 2, "rejects": 2, "segments": 2}
    manifest = json.loads(Path(outcome.output, "MANIFEST.json").read_text())
    assert manifest["counts"] == {"rows_read": 4, "posts": 2, "rejects": 2, "segments": 2}
    assert manifest["tokenizer_sha256"] == tokenizer.sha256
    assert manifest["labels"] == LABELS
    assert manifest["units"] == sorted(name for _, name, _ in outcome.of("units"))
    folders = [file["path"].partition("/")[0] for file in manifest["files"]]
    assert folders[:4] == ["posts", "posts", "rejects", "rejects"]
    assert set(folders[4:]) == {"shards"}
    assert Path(outcome.output, "tokenizer/spm.model").read_bytes() == tokenizer.model


def test_statistics_and_their_page_stand_beside_it(outcome):
    end(outcome)
    statistics = json.loads(Path(outcome.output, "stats.json").read_text())
    assert statistics["rejects"] == {"empty body": 1, "empty content": 1}
    assert statistics["duplicates"]["mode"] == "report"
    assert Path(outcome.output, "stats.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("units", "1 units planned, but 2 cleaned"),
        ("staged", "2 units planned, but 1 cleaned"),
        ("encoded", "2 units planned, but 1 encoded"),
    ],
)
def test_a_unit_that_vanished_is_an_error_and_no_manifest_is_written(outcome, step, told):
    write_json(outcome.path(step), outcome.of(step)[1:])
    with pytest.raises(ConservationError, match=told):
        end(outcome)
    assert not Path(outcome.output, "MANIFEST.json").exists()


def test_a_row_that_vanished_is_an_error(outcome):
    changed(receipt_path(outcome.output, outcome.of("units")[0][1]), read=3)
    with pytest.raises(ConservationError, match=r"5 rows read, but 2 posts \+ 2 rejects"):
        end(outcome)
    assert not Path(outcome.output, "MANIFEST.json").exists()


@pytest.mark.parametrize("folder", ["posts", "rejects"])
def test_a_row_that_was_not_written_is_an_error(outcome, folder):
    _, receipt = outcome.of("encoded")[0]
    files = [file for file in read_json(receipt)["files"] if not file["path"].startswith(folder)]
    changed(receipt, files=files)
    with pytest.raises(ConservationError, match="4 rows read, but "):
        end(outcome)


def test_a_row_that_was_written_twice_is_an_error(outcome):
    _, receipt = outcome.of("encoded")[0]
    changed(receipt, files=read_json(receipt)["files"] * 2)
    with pytest.raises(ConservationError, match=r"4 rows read, but 3 posts \+ 3 rejects"):
        end(outcome)


def test_a_shard_that_vanished_is_an_error(outcome):
    write_json(outcome.path("shards"), outcome.of("shards")[1:])
    with pytest.raises(ConservationError, match="2 segments encoded, but "):
        end(outcome)
    assert not Path(outcome.output, "MANIFEST.json").exists()


def test_an_earlier_manifest_stays_where_a_row_vanished(outcome):
    end(outcome)
    before = Path(outcome.output, "MANIFEST.json").read_bytes()
    write_json(outcome.path("shards"), [])
    with pytest.raises(ConservationError):
        end(outcome)
    assert Path(outcome.output, "MANIFEST.json").read_bytes() == before


def test_no_usable_post_is_told_with_the_reasons(ran):
    outcome = ran({"a.txt": "", "b.txt": " ", "posts.csv": "id,content\n8,\n"})
    with pytest.raises(UserError, match=r"^posts: no usable post \(2 empty body, 1 empty content\)$"):
        end(outcome)


def test_posts_without_a_sentence_need_a_tokenizer(outcome):
    write_json(outcome.path("tokenizer"), [NO_TOKENIZER])
    with pytest.raises(UserError, match=r"^posts: no sentence to train a tokenizer on; give one with --tokenizer$"):
        end(outcome)


def test_since_the_earlier_run_units_are_new_gone_or_as_they_were(outcome, caplog):
    kept, _ = (name for _, name, _ in outcome.of("units"))
    with caplog.at_level("INFO", logger="blogvae"):
        end(outcome, earlier=PreviousRun(output=outcome.output, manifest={"units": [kept, "u1", "u2"]}))
    assert "since the earlier run: 1 units new or changed, 2 gone, 1 as they were" in caplog.messages


def test_what_is_suspicious_is_told_in_a_line_and_on_the_page(outcome, tokenizer, caplog):
    end(outcome, "--vocab-size=90000")
    told = f"the tokenizer has {tokenizer.vocab_size} pieces of 90000 asked for: few words were read"
    assert told in caplog.messages
    assert told in Path(outcome.output, "stats.html").read_text()


def test_files_of_earlier_runs_are_removed_where_asked_for(outcome):
    left = Path(outcome.output, "shards/split=train/bucket=16/part-old.parquet")
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"x")
    end(outcome)
    assert left.exists()
    end(outcome, clean=True)
    assert not left.exists()
    files = json.loads(Path(outcome.output, "MANIFEST.json").read_text())["files"]
    assert all(Path(outcome.output, file["path"]).exists() for file in files)
