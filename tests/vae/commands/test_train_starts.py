"""What a run of `blogvae train` starts from, and what it refuses."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from tokenizer.protect import protect
from tokenizer.training import train_tokenizer
from vae.commands.command import main
from vae.commands.train import COMMAND
from vae.settings import load_preset, override
from vae.text_vae import TextVAE

pytestmark = pytest.mark.slow


def test_a_finished_run_is_not_trained_again(train, dataset, short, capsys):
    before = (short / "metrics.json").stat().st_mtime_ns
    assert train(dataset, short, "--resume") == 0
    assert "trained already" in capsys.readouterr().err
    assert (short / "metrics.json").stat().st_mtime_ns == before


def test_without_measuring_the_model_is_whole_and_the_log_says_what_is_missing(train, dataset, tmp_path, capsys):
    assert train(dataset, tmp_path / "model", "--measure=none", "--set", "epochs=1") == 0
    assert (
        "neither measured nor calibrated; `blogvae evaluate` and `blogvae calibrate` do that" in capsys.readouterr().err
    )
    metrics = json.loads((tmp_path / "model/metrics.json").read_text())
    assert set(metrics) == {"split", "tokens_per_second", "measure", "plan"}
    assert "None were measured" in (tmp_path / "model/README.md").read_text()
    model = TextVAE.load(tmp_path / "model")
    assert model.calibration.curves == {}
    assert len(model.vary(["The cat cleans the lamp."], n=1, at_least=0.0)) == 1


@pytest.mark.parametrize(
    ("flags", "remedy"),
    [
        ([], "--resume goes on with it, --overwrite drops it"),
        (["--set", "seed=5"], "other settings or data, --overwrite drops it"),
        (["--set", "seed=5", "--resume"], "other settings or data, --overwrite drops it"),
    ],
)
def test_a_folder_that_holds_a_run_is_refused(train, dataset, short, capsys, flags, remedy):
    before = (short / "model.safetensors").read_bytes()
    assert train(dataset, short, *flags) == 2
    errors = capsys.readouterr().err
    assert str(short) in errors
    assert remedy in errors
    assert errors.count("\n") == 1
    assert (short / "model.safetensors").read_bytes() == before


def test_overwrite_drops_the_run_and_no_other_file(train, few, short, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(short, folder)
    (folder / "notes.txt").write_text("mine")
    assert train(few, folder, "--overwrite", "--set", "epochs=1") == 0
    assert (folder / "model.safetensors").read_bytes() != (short / "model.safetensors").read_bytes()
    assert (folder / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["README.md", "tokenizer/__init__.py"])
def test_a_folder_with_files_that_a_model_would_replace_is_refused(train, dataset, tmp_path, capsys, name):
    path = tmp_path / "project" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    assert train(dataset, tmp_path / "project") == 2
    assert "--overwrite drops it" in capsys.readouterr().err
    assert path.read_text() == "mine"


def test_a_model_starts_from_another(few, trained, tmp_path, capsys):
    flags = ["--dataset", str(few), "--output", str(tmp_path / "model"), "--init", str(trained)]
    assert main(COMMAND, [*flags, "--set", "epochs=1", "--set", "batch_pieces=512"]) == 0
    settings = TextVAE.load(tmp_path / "model").settings
    schedule = override(load_preset("fine-tune"), ["epochs=1", "batch_pieces=512"])
    assert settings == replace(schedule, model=TextVAE.load(trained).settings.model)
    assert json.loads((tmp_path / "model" / "metrics.json").read_text())["exact_match"] > 0.8


def test_a_start_from_a_model_that_ships_is_one_from_its_folder(train, few, trained, ship, tmp_path, capsys):
    ship("tiny-en", trained)
    for flags in (["--init", "tiny-en"], ["--init", str(trained), "--resume"]):
        assert train(few, tmp_path / "model", "--set", "steps=1", *flags) == 0
    assert f"{tmp_path}/model is trained already with these settings and data" in capsys.readouterr().err
    assert TextVAE.load(tmp_path / "model").settings.model == TextVAE.load(trained).settings.model


def test_a_model_that_ships_is_named_in_errors(train, few, trained, ship, write_dataset, rows, tmp_path, capsys):
    folder = ship("tiny-en", trained)
    assert train(few, tmp_path / "model", "--init", "tiny-em") == 2
    assert "no folder tiny-em; did you mean tiny-en, which ships with blogvae?" in capsys.readouterr().err
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20]})
    manifest = json.loads((dataset / "MANIFEST.json").read_text())
    manifest["settings"]["max_len"] = 32
    (dataset / "MANIFEST.json").write_text(json.dumps(manifest))
    assert train(dataset, tmp_path / "model", "--init", "tiny-en") == 2
    assert "; prepare with --tokenizer tiny-en --max-len 16" in capsys.readouterr().err
    (folder / "calibration.json").unlink()
    assert train(few, tmp_path / "model", "--init", "tiny-en") == 2
    assert f"{folder}/calibration.json is missing or not the file that ships" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--preset", "smal"], "no preset 'smal' (did you mean 'small'?); there are"),
        (["--set", "learning_rat=3"], "no setting 'learning_rat' (did you mean 'learning_rate'?)"),
        (["--set", "monitor=elbow"], "monitor=elbow (did you mean 'elbo'?)"),
        (["--set", "slots=3"], "max_len 16 is not a multiple of slots 3: --set another"),
        (["--init", "nowhere"], "nowhere/config.json is missing"),
        (["--constraint-texts", "texts.txt"], "give --init MODEL"),
    ],
)
def test_a_wrong_setting_is_refused_and_leaves_no_folder(train, dataset, tmp_path, capsys, flags, named):
    assert train(dataset, tmp_path / "model", *flags) == 2
    errors = capsys.readouterr().err
    assert named in errors
    assert errors.count("\n") == 1
    assert not (tmp_path / "model").exists()


def test_a_missing_dataset_is_refused_by_name(train, tmp_path, capsys):
    assert train(tmp_path / "none", tmp_path / "model") == 2
    assert str(tmp_path / "none") in capsys.readouterr().err


def test_a_dataset_without_validation_rows_is_validated_on_others(train, few, tmp_path, capsys):
    assert train(few, tmp_path / "model", "--set", "epochs=1") == 0
    assert capsys.readouterr().err.count("no validation rows") == 1
    assert json.loads((tmp_path / "model" / "metrics.json").read_text())["split"] == "test"


def test_a_dataset_without_training_rows_is_refused(train, write_dataset, rows, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"validation": rows[:20]})
    assert train(dataset, tmp_path / "model") == 2
    assert "no training rows" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_a_dataset_of_training_rows_alone_is_validated_on_them(train, write_dataset, rows, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20]})
    assert train(dataset, tmp_path / "model", "--set", "epochs=1") == 0
    assert "validating on the train split" in capsys.readouterr().err


def test_a_broken_shard_is_refused_and_leaves_no_folder(train, write_dataset, rows, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20], "validation": rows[20:30]})
    shard = next(dataset.glob("shards/split=validation/*/*.parquet"))
    shard.write_bytes(shard.read_bytes()[:-9])
    assert train(dataset, tmp_path / "model") == 2
    assert f"{shard} is missing or not the file of the manifest; run prepare again" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_a_model_learns_the_labels_of_its_posts(train, few, tmp_path, capsys):
    assert train(few, tmp_path / "model", "--set", "epochs=1", "--set", "labels=author,category") == 0
    model = TextVAE.load(tmp_path / "model")
    assert model.labels == {"author": ["Ann", "Ben", "Cy"], "category": ["tea", "birds"]}
    assert len(model.decode(model.encode(["Cat cleans."], labels={"author": "Ben"}).mean, labels={"author": "Cy"})) == 1
    capsys.readouterr()
    flags = ["--init", str(tmp_path / "model"), "--set", "epochs=1"]
    assert train(few, tmp_path / "next", *flags) == 0
    assert TextVAE.load(tmp_path / "next").labels == model.labels


def test_labels_that_the_dataset_lacks_are_refused(train, write_dataset, rows, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20]}, labelled=False)
    assert train(dataset, tmp_path / "model", "--set", "labels=category") == 2
    assert f"{dataset} has no category that enough posts share" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_a_model_of_another_tokenizer_is_refused_as_a_start(
    train, trained, write_dataset, rows, sentences, tmp_path, capsys
):
    other = train_tokenizer([protect(each).masked for each in sentences[:200]], vocab_size=512)
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20]})
    (dataset / "tokenizer" / "spm.model").write_bytes(other.model)
    manifest = json.loads((dataset / "MANIFEST.json").read_text())
    (dataset / "MANIFEST.json").write_text(json.dumps({**manifest, "tokenizer_sha256": other.sha256}))
    assert train(dataset, tmp_path / "model", "--init", str(trained)) == 2
    assert f"prepare with --tokenizer {trained}/tokenizer/spm.model --max-len 16" in capsys.readouterr().err


CONSTRAINTS = ["The quiet cat paints 7 boats.", "", "Then the dog cleans the soft lamp."]


def test_constraint_texts_pull_the_means_of_texts_towards_theirs(few, trained, sentences, tmp_path):
    """With a threshold of 0, the hinge acts on every text."""
    path = tmp_path / "texts.txt"
    path.write_text("\n".join(CONSTRAINTS))
    shared = ["--dataset", str(few), "--init", str(trained), "--set", "batch_pieces=256", "--set", "epochs=4"]
    shared += ["--set", "learning_rate=0.02", "--set", "constraint_weight=10", "--set", "constraint_threshold=0"]
    assert main(COMMAND, [*shared, "--output", str(tmp_path / "free")]) == 0
    assert main(COMMAND, [*shared, "--output", str(tmp_path / "held"), "--constraint-texts", str(path)]) == 0
    free, held = (TextVAE.load(tmp_path / name) for name in ("free", "held"))
    targets = TextVAE.load(trained).encode([text for text in CONSTRAINTS if text]).mean
    torch.testing.assert_close(held.constraints, targets)
    assert free.constraints is None
    assert not (tmp_path / "free" / "constraints.safetensors").exists()

    def distance(model):
        means = model.encode(sentences[:64]).mean
        return torch.cdist(means.flatten(1), targets.flatten(1)).amin(1).mean()

    assert distance(held) < 0.7 * distance(free)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (" \n\n", "holds no text: write one a line"),
        ("Cat cleans. " * 9, "pieces do not fit a segment of 15"),
    ],
    ids=["missing", "empty", "too-long"],
)
def test_constraint_texts_that_cannot_be_used_are_refused(train, few, trained, tmp_path, capsys, content, message):
    path = tmp_path / "texts.txt"
    if content is not None:
        path.write_text(content)
    assert train(few, tmp_path / "model", "--init", str(trained), "--constraint-texts", str(path)) == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith(f"blogvae: {path}")
    assert message in line
    assert not (tmp_path / "model").exists()


def test_a_resumed_run_of_another_dataset_is_refused(train, few, short, capsys):
    assert train(few, short, "--resume") == 2
    assert "it is of other settings or data, --overwrite drops it" in capsys.readouterr().err


def test_resume_starts_a_run_if_there_is_none(train, few, tmp_path):
    assert train(few, tmp_path / "model", "--resume", "--set", "epochs=1") == 0
    assert TextVAE.load(tmp_path / "model").max_len == 16


@pytest.mark.parametrize("command", ["train", "evaluate", "vary", "calibrate"])
def test_no_beam_is_needed(command):
    program = f"import sys; sys.modules['apache_beam'] = None; import vae.{command}"
    subprocess.run([sys.executable, "-c", program], check=True)
