import json
import math
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
import torch

from vae.command import main
from vae.dataset import Dataset
from vae.text_vae import TextVAE
from vae.train import COMMAND
from vae.training.batches import Batches

FIGURES = (
    *("nll_iw", "elbo", "reconstruction", "kl", "mi", "mi_texts", "active_units", "units", "ppl_word"),
    *("bleu", "bleu_sampled", "exact_match", "tokens_per_second"),
)

ALONE = """
import sys
sys.modules["apache_beam"] = None  # machines that train have none
import torch
torch.set_num_threads(1)
import vae.training.fit
vae.training.fit.CHECKPOINT_STEPS = 3
from vae.command import main
from vae.train import COMMAND
sys.exit(main(COMMAND, sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def train(tiny_flags):
    """Runs the command for three epochs; its exit code."""

    def train(dataset, folder, *flags):
        flags = [*tiny_flags, "--set", "epochs=3", *flags]
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
    assert set(model.calibration.curves) == {"neighbour", "posterior"}
    assert model.calibration.radius("neighbour", 0.5) > model.calibration.radius("neighbour", 0.2) > 0


def test_the_card_tells_data_settings_and_figures(trained):
    card = (trained / "README.md").read_text()
    metrics = json.loads((trained / "metrics.json").read_text())
    assert "500 segments" in card
    assert "hidden 16, slots 8, dim 8" in card
    assert f"| bleu | {metrics['bleu']:,.4g} |" in card
    assert TextVAE.load(trained).sha256 in card


def assert_same_model(first, second):
    for name in ("model.safetensors", "config.json", "calibration.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    figures = [json.loads((folder / "metrics.json").read_text()) for folder in (first, second)]
    for each in figures:
        del each["tokens_per_second"]
    assert figures[0] == figures[1]


def test_a_killed_run_goes_on_to_the_same_weights(tiny_flags, train, dataset, short, tmp_path):
    folder = tmp_path / "model"
    last = folder / "checkpoints" / "last.ckpt"
    flags = ["--dataset", str(dataset), "--output", str(folder), *tiny_flags, "--set", "epochs=3"]
    errors = tmp_path / "stderr.txt"
    with errors.open("wb") as stderr, subprocess.Popen([sys.executable, "-c", ALONE, *flags], stderr=stderr) as process:
        deadline = time.monotonic() + 120
        while not last.exists() and time.monotonic() < deadline:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.02)
                pytest.fail(errors.read_text())
        process.kill()
        assert process.wait() == -signal.SIGKILL
    assert not (folder / "model.safetensors").exists()
    shards = Dataset.open(dataset).shards("train")
    assert 0 < torch.load(last, weights_only=False)["global_step"] < 3 * len(Batches(shards, batch_pieces=512, seed=0))
    assert train(dataset, folder, "--resume") == 0
    assert_same_model(short, folder)


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
    assert TextVAE.load(tmp_path / "model").settings.model == TextVAE.load(trained).settings.model
    assert json.loads((tmp_path / "model" / "metrics.json").read_text())["exact_match"] > 0.8


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--preset", "huge"], "no preset 'huge'; there are"),
        (["--set", "width=3"], "no setting 'width'"),
        (["--set", "slots=3"], "segments of 16 pieces are no multiple of 3 slots"),
        (["--init", "nowhere"], "nowhere/config.json is missing"),
    ],
)
def test_a_wrong_setting_is_2_and_leaves_no_folder(train, dataset, tmp_path, capsys, flags, named):
    assert train(dataset, tmp_path / "model", *flags) == 2
    assert named in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_a_missing_dataset_is_2_and_named(train, tmp_path, capsys):
    assert train(tmp_path / "none", tmp_path / "model") == 2
    assert str(tmp_path / "none") in capsys.readouterr().err


def test_a_dataset_without_validation_rows_is_validated_on_others(train, few, tmp_path, capsys):
    assert train(few, tmp_path / "model", "--set", "epochs=1") == 0
    assert "validating on the test split" in capsys.readouterr().err
    assert json.loads((tmp_path / "model" / "metrics.json").read_text())["split"] == "test"


def test_a_dataset_without_training_rows_is_2(train, write_dataset, rows, tmp_path, capsys):
    dataset = write_dataset(tmp_path / "dataset", {"validation": rows[:20]})
    assert train(dataset, tmp_path / "model") == 2
    assert "no training rows" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["vae.train", "vae.evaluate", "vae.vary"])
def test_no_beam_is_needed(module):
    program = f"import sys; sys.modules['apache_beam'] = None; import {module}"
    subprocess.run([sys.executable, "-c", program], check=True)
