import json
import math
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict

import pytest
import torch

from vae.commands.command import main
from vae.commands.train import COMMAND
from vae.data.batches import Batches
from vae.data.corpus import training_rows
from vae.data.dataset import Dataset
from vae.data.split import texts_of
from vae.evaluation.reconstruction import reconstruction
from vae.evaluation.verdict import verdict_on
from vae.text_vae import TextVAE
from vae.training import fit as fitting
from vae.training.corpus_vectors import corpus_vectors
from vae.training.training_module import TrainingModule

pytestmark = pytest.mark.slow

FIGURES = (
    *("nll_iw", "elbo", "reconstruction", "kl", "mi", "mi_texts", "active_units", "units", "ppl_word"),
    *("bleu", "bleu_sampled", "exact_match", "tokens_per_second"),
)


def test_the_model_folder_is_complete(trained):
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


def test_longer_training_gives_better_figures(trained, short):
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


def test_the_card_holds_data_settings_and_figures(trained):
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


def test_a_killed_run_resumes_to_the_same_weights(train, dataset, short, monkeypatch, tmp_path):
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
    """Runs the command with `vectors=corpus` for 14 steps and returns its exit code."""

    def run(folder, *flags):
        pairs = "vectors=corpus epochs=2 batch_pieces=128".split()
        return train(few, folder, *(flag for pair in pairs for flag in ("--set", pair)), *flags)

    return run


@pytest.fixture(scope="module")
def counted(few, tokenizer):
    rows = training_rows(Dataset.open(few).shards("train"))
    return corpus_vectors(rows, vocab_size=tokenizer.vocab_size, width=16)


def test_a_transformer_keeps_vectors_counted_in_the_corpus(train_with_counted_vectors, counted, tmp_path):
    pairs = "family=transformer width=16 heads=2 slots=5 dim=8 vectors=corpus".split()
    flags = [flag for pair in pairs for flag in ("--set", pair)]
    assert train_with_counted_vectors(tmp_path / "model", *flags) == 0
    assert torch.equal(TextVAE.load(tmp_path / "model").module.embedding.weight, counted)


def test_counted_vectors_stay_in_a_resumed_run_too(train_with_counted_vectors, counted, few, tmp_path, monkeypatch):
    """Weights are averaged, and the loaded model decodes like the one that was measured."""
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
    """Two processes that fail at step 5 and resume give the model of one process without a failure."""
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
    metrics = json.loads((tmp_path / "two" / "metrics.json").read_text())
    assert whole.stderr.count(verdict_on(metrics).line) == 1
    assert {path.name for path in (tmp_path / "two").iterdir()} == {path.name for path in (tmp_path / "one").iterdir()}
    weights = [TextVAE.load(tmp_path / name).module.state_dict() for name in ("one", "two")]
    torch.testing.assert_close(*weights, rtol=1e-3, atol=1e-4)
