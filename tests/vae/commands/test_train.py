import json
import math
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace

import pytest
import torch

from tokenizer.protect import protect
from tokenizer.training import train_tokenizer
from vae.commands import train as train_command
from vae.commands.command import main
from vae.commands.train import COMMAND
from vae.data.batches import Batches
from vae.data.corpus import training_rows
from vae.data.dataset import Dataset
from vae.data.split import texts_of
from vae.evaluation.reconstruction import reconstruction
from vae.settings import load_preset, override
from vae.text_vae import TextVAE
from vae.training import fit as fitting
from vae.training.corpus_vectors import corpus_vectors
from vae.training.module import TrainingModule

pytestmark = pytest.mark.slow

FIGURES = (
    *("nll_iw", "elbo", "reconstruction", "kl", "mi", "mi_texts", "active_units", "units", "ppl_word"),
    *("bleu", "bleu_sampled", "exact_match", "tokens_per_second"),
)


@pytest.fixture(scope="module")
def train(tiny_flags):
    """Runs the command for three epochs, calibrating on a few texts; its exit code."""

    def train(dataset, folder, *flags):
        flags = [*tiny_flags, "--set", "epochs=3", *flags]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(train_command, "CALIBRATION_TEXTS", 8)
            return main(COMMAND, ["--dataset", str(dataset), "--output", str(folder), *flags])

    return train


@pytest.fixture(scope="module")
def short(train, dataset, tmp_path_factory):
    """The folder of a run of three epochs that was never broken."""
    folder = tmp_path_factory.mktemp("short") / "model"
    assert train(dataset, folder) == 0
    return folder


@pytest.fixture(scope="module")
def few(write_dataset, rows, tmp_path_factory):
    """A dataset of 64 rows to train on and 16 to test, without validation rows."""
    return write_dataset(tmp_path_factory.mktemp("few") / "dataset", {"train": rows[:64], "test": rows[64:80]})


def test_the_model_folder_is_whole(trained):
    assert {path.name for path in trained.iterdir()} >= {
        *("model.safetensors", "config.json", "tokenizer", "calibration.json", "metrics.json", "curves.png"),
        *("README.md", "logs", "checkpoints"),
    }
    assert (trained / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert list((trained / "logs").glob("events.out.tfevents.*"))
    assert (trained / "checkpoints" / "last.ckpt").exists()
    assert not list(trained.rglob("*.tmp"))


def test_the_figures_are_all_there_and_finite(trained):
    metrics = json.loads((trained / "metrics.json").read_text())
    assert all(math.isfinite(metrics[name]) for name in FIGURES)
    assert metrics["elbo"] == pytest.approx(-(metrics["reconstruction"] + metrics["kl"]))
    assert (metrics["split"], metrics["texts"], metrics["mi_texts"]) == ("validation", 50, 50)
    assert (metrics["units"], metrics["tokens_per_second"] > 0) == (64, True)
    assert 0 < metrics["active_units"] <= 64
    assert 0 <= metrics["mi"] <= math.log(50) + 1e-3
    points = metrics["radius_curve"]
    assert all(set(point) == {"radius", "changed", "bleu", "self_bleu", "cycle"} for point in points)
    assert all(math.isfinite(value) for point in points for value in point.values())
    assert points[0]["radius"] == 0.0
    assert points[-1]["changed"] > points[0]["changed"]


def test_training_pays(trained, short):
    early, late = (json.loads((folder / "metrics.json").read_text()) for folder in (short, trained))
    assert late["elbo"] > early["elbo"]
    assert late["nll_iw"] < early["nll_iw"]
    assert late["exact_match"] > 0.8 > early["exact_match"]


def test_the_model_loads_and_is_calibrated(trained):
    model = TextVAE.load(trained)
    assert model.max_len == 16
    with_radius = {"neighbour", "posterior", "interpolate", "resample-slots", "attribute"}
    assert set(model.calibration.curves) == with_radius
    assert model.calibration.radius("neighbour", 0.5) > model.calibration.radius("neighbour", 0.2) > 0


def test_the_card_tells_data_settings_and_figures(trained):
    card = (trained / "README.md").read_text()
    metrics = json.loads((trained / "metrics.json").read_text())
    assert "500 segments" in card
    assert "encoder (16,)" in card
    assert "slots 8, dim 8" in card
    assert f"| bleu | {metrics['bleu']:,.4g} |" in card
    assert TextVAE.load(trained).sha256 in card


def assert_same_model(first, second):
    for name in ("model.safetensors", "config.json", "calibration.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    figures = [json.loads((folder / "metrics.json").read_text()) for folder in (first, second)]
    for each in figures:
        del each["tokens_per_second"]
    assert figures[0] == figures[1]


def test_a_killed_run_goes_on_to_the_same_weights(train, dataset, short, monkeypatch, tmp_path):
    folder = tmp_path / "model"
    last = folder / "checkpoints" / "last.ckpt"
    with monkeypatch.context() as patch:
        patch.setattr(fitting, "CHECKPOINT_STEPS", 3)
        process = multiprocessing.get_context("fork").Process(target=lambda: sys.exit(train(dataset, folder)))
        process.start()
    deadline = time.monotonic() + 120
    while not last.exists() and process.is_alive() and time.monotonic() < deadline:
        process.join(timeout=0.01)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert not (folder / "model.safetensors").exists()
    shards = Dataset.open(dataset).shards("train")
    assert 0 < torch.load(last, weights_only=False)["global_step"] < 3 * len(Batches(shards, batch_pieces=512, seed=0))
    assert train(dataset, folder, "--resume") == 0
    assert_same_model(short, folder)


@pytest.fixture(scope="module")
def train_with_counted_vectors(train, few):
    """Runs the command with `vectors=corpus`, for 14 steps; its exit code."""

    def run(folder, *flags):
        pairs = "vectors=corpus epochs=2 batch_pieces=128".split()
        return train(few, folder, *(flag for pair in pairs for flag in ("--set", pair)), *flags)

    return run


@pytest.fixture(scope="module")
def counted(few, tokenizer):
    rows = training_rows(Dataset.open(few).shards("train"))
    return corpus_vectors(rows, vocab_size=tokenizer.vocab_size, width=16)


def test_a_transformer_keeps_vectors_that_were_counted_in_the_corpus(train_with_counted_vectors, counted, tmp_path):
    pairs = "family=transformer width=16 heads=2 slots=5 dim=8 vectors=corpus".split()
    flags = [flag for pair in pairs for flag in ("--set", pair)]
    assert train_with_counted_vectors(tmp_path / "model", *flags) == 0
    assert torch.equal(TextVAE.load(tmp_path / "model").module.embedding.weight, counted)


def test_vectors_that_were_counted_stay_in_a_run_that_was_broken_off_too(
    train_with_counted_vectors, counted, few, tmp_path, monkeypatch
):
    """With averaged weights; and the model loaded decodes as the one that was measured."""
    assert train_with_counted_vectors(tmp_path / "whole", "--set", "ema=0.9") == 0
    model = TextVAE.load(tmp_path / "whole")
    assert torch.equal(model.module.embedding.weight, counted)
    metrics = json.loads((tmp_path / "whole" / "metrics.json").read_text())
    held_out = texts_of(Dataset.open(few).shards("test"), 256, seed=0)
    assert asdict(reconstruction(model, held_out, seed=0)).items() <= metrics.items()

    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", 3)
    as_it_is = TrainingModule.training_step

    def training_step(self, batch, number):
        if self.global_step == 5:
            raise RuntimeError("broken off")
        as_it_is(self, batch, number)

    with monkeypatch.context() as patch:
        patch.setattr(TrainingModule, "training_step", training_step)
        assert train_with_counted_vectors(tmp_path / "broken", "--set", "ema=0.9") == 1
    assert train_with_counted_vectors(tmp_path / "broken", "--set", "ema=0.9", "--resume") == 0
    assert_same_model(tmp_path / "whole", tmp_path / "broken")


def test_two_processes_train_one_model_and_go_on_with_it(tiny_flags, few, in_two_processes, monkeypatch, tmp_path):
    """Begun, killed at step 5 and gone on with by torchrun: the model of one process that nothing happened to."""
    flags = [*tiny_flags, "--dataset", str(few)]
    flags += [flag for pair in ("epochs=2", "batch_pieces=128", "word_dropout=0") for flag in ("--set", pair)]
    assert main(COMMAND, [*flags, "--output", str(tmp_path / "one")]) == 0
    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", 3)
    as_it_is = TrainingModule.training_step

    def training_step(self, batch, number):
        if self.global_step == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        as_it_is(self, batch, number)

    with monkeypatch.context() as patch:
        patch.setattr(TrainingModule, "training_step", training_step)
        two = [*flags, "--output", str(tmp_path / "two")]
        assert in_two_processes(lambda: sys.exit(main(COMMAND, two))) == [-signal.SIGKILL, -signal.SIGKILL]
    assert torch.load(tmp_path / "two/checkpoints/last.ckpt", weights_only=False)["global_step"] == 3

    def torchrun(*more):
        command = "-m torch.distributed.run --standalone --nproc_per_node 2 -m vae.train".split()
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        return subprocess.run(
            [sys.executable, *command, *two, *more],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    stale = torchrun()
    assert stale.returncode != 0
    assert [line for line in stale.stderr.splitlines() if line.startswith("blogvae: ")] == [
        f"blogvae: {tmp_path}/two holds a model or a started run (logs): --resume goes on with it, --overwrite drops it"
    ]
    whole = torchrun("--resume")
    assert whole.returncode == 0, whole.stderr
    assert whole.stderr.count("epoch 2, step 14 of 14") == whole.stderr.count("measuring on the test split") == 1
    assert {path.name for path in (tmp_path / "two").iterdir()} == {path.name for path in (tmp_path / "one").iterdir()}
    found = [TextVAE.load(tmp_path / name).module.state_dict() for name in ("one", "two")]
    torch.testing.assert_close(*found, rtol=1e-3, atol=1e-4)


def test_a_finished_run_is_not_trained_again(train, dataset, short, capsys):
    before = (short / "metrics.json").stat().st_mtime_ns
    assert train(dataset, short, "--resume") == 0
    assert "trained already" in capsys.readouterr().err
    assert (short / "metrics.json").stat().st_mtime_ns == before


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
    told = capsys.readouterr().err
    assert str(short) in told
    assert remedy in told
    assert told.count("\n") == 1
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


def test_a_model_that_ships_is_told_by_its_name(train, few, trained, ship, write_dataset, rows, tmp_path, capsys):
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
def test_a_wrong_setting_is_2_and_leaves_no_folder(train, dataset, tmp_path, capsys, flags, named):
    assert train(dataset, tmp_path / "model", *flags) == 2
    told = capsys.readouterr().err
    assert named in told
    assert told.count("\n") == 1
    assert not (tmp_path / "model").exists()


def test_a_missing_dataset_is_2_and_named(train, tmp_path, capsys):
    assert train(tmp_path / "none", tmp_path / "model") == 2
    assert str(tmp_path / "none") in capsys.readouterr().err


def test_a_dataset_without_validation_rows_is_validated_on_others(train, few, tmp_path, capsys):
    assert train(few, tmp_path / "model", "--set", "epochs=1") == 0
    assert capsys.readouterr().err.count("no validation rows") == 1
    assert json.loads((tmp_path / "model" / "metrics.json").read_text())["split"] == "test"


def test_a_dataset_without_training_rows_is_2(train, write_dataset, rows, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"validation": rows[:20]})
    assert train(dataset, tmp_path / "model") == 2
    assert "no training rows" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_a_dataset_of_training_rows_alone_is_validated_on_them(train, write_dataset, rows, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20]})
    assert train(dataset, tmp_path / "model", "--set", "epochs=1") == 0
    assert "validating on the train split" in capsys.readouterr().err


def test_a_broken_shard_is_2_and_leaves_no_folder(train, write_dataset, rows, tmp_path, capsys):
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


def test_labels_that_the_dataset_has_no_names_of_are_2(train, write_dataset, rows, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20]}, labelled=False)
    assert train(dataset, tmp_path / "model", "--set", "labels=category") == 2
    assert f"{dataset} has no category that enough posts share" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_a_model_of_another_tokenizer_is_no_start(train, trained, write_dataset, rows, sentences, tmp_path, capsys):
    other = train_tokenizer([protect(each).masked for each in sentences[:200]], vocab_size=512)
    dataset = write_dataset(tmp_path / "dataset", {"train": rows[:20]})
    (dataset / "tokenizer" / "spm.model").write_bytes(other.model)
    manifest = json.loads((dataset / "MANIFEST.json").read_text())
    (dataset / "MANIFEST.json").write_text(json.dumps({**manifest, "tokenizer_sha256": other.sha256}))
    assert train(dataset, tmp_path / "model", "--init", str(trained)) == 2
    assert f"prepare with --tokenizer {trained}/tokenizer/spm.model --max-len 16" in capsys.readouterr().err


CONSTRAINTS = ["The quiet cat paints 7 boats.", "", "Then the dog cleans the soft lamp."]


def test_constraint_texts_draw_the_means_of_texts_to_theirs(few, trained, sentences, tmp_path):
    """No text is within a threshold of 0, so the hinge works on each."""
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
    ("content", "told"),
    [
        (None, "No such file"),
        (" \n\n", "holds no text: write one a line"),
        ("Cat cleans. " * 9, "pieces do not fit a segment of 15"),
    ],
    ids=["missing", "empty", "too-long"],
)
def test_constraint_texts_that_cannot_be_used_are_2(train, few, trained, tmp_path, capsys, content, told):
    path = tmp_path / "texts.txt"
    if content is not None:
        path.write_text(content)
    assert train(few, tmp_path / "model", "--init", str(trained), "--constraint-texts", str(path)) == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith(f"blogvae: {path}")
    assert told in line
    assert not (tmp_path / "model").exists()


def test_a_resumed_run_of_another_dataset_is_refused(train, few, short, capsys):
    assert train(few, short, "--resume") == 2
    assert "it is of other settings or data, --overwrite drops it" in capsys.readouterr().err


def test_resume_starts_where_there_is_nothing_to_go_on_with(train, few, tmp_path):
    assert train(few, tmp_path / "model", "--resume", "--set", "epochs=1") == 0
    assert TextVAE.load(tmp_path / "model").max_len == 16


@pytest.mark.parametrize("command", ["train", "evaluate", "vary", "calibrate"])
def test_no_beam_is_needed(command):
    program = f"import sys; sys.modules['apache_beam'] = None; import vae.{command}"
    subprocess.run([sys.executable, "-c", program], check=True)
