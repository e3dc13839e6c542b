import logging
import os
import resource
import signal

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from vae.data.batches import Batches
from vae.data.dataset import Dataset
from vae.errors import UserError
from vae.models.families import text_model
from vae.models.text_model import StepwiseModel
from vae.settings import load_preset, override
from vae.training import fit as fitting
from vae.training.fit import fit
from vae.training.training_module import TrainingModule

pytestmark = pytest.mark.slow

STEPS, EPOCHS = 7, 3
"""The steps in an epoch of 60 rows, and the number of epochs."""

TINY = "embedding=16 encoder=16 decoder=16 slots=8 dim=4 batch_pieces=128 precision=32-true learning_rate=0.03".split()


@pytest.fixture(scope="module")
def shards(write_dataset, rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fit") / "dataset"
    dataset = Dataset.open(write_dataset(folder, {"train": rows[:60], "validation": rows[60:80]}))
    return dataset.shards("train"), dataset.shards("validation")


@pytest.fixture(scope="module")
def run(shards, tokenizer):
    """Returns a function that trains in a folder; it gives (epoch, step, objective) of validations, and weights."""

    def run(folder, *, resume=False, pairs=(), **options):
        settings = override(load_preset("tiny"), [*TINY, f"epochs={EPOCHS}", *pairs])
        labels = settings.training.labels
        sizes = [{"category": 2, "author": 3}[label] for label in labels]
        torch.manual_seed(settings.training.seed)
        module = text_model(settings.model, vocab_size=tokenizer.vocab_size, max_len=16, labels=sizes)
        train = Batches(shards[0], batch_pieces=128, seed=settings.training.seed, labels=labels)
        assert len(train) == STEPS
        validation = Batches(shards[1], batch_pieces=128, seed=None, labels=labels)
        fitted = fit(module, settings, train=train, validation=validation, folder=folder, resume=resume, **options)
        history = [(row["epoch"], row["step"], row["val_objective"]) for row in fitted.history]
        return history, {name: weight.clone() for name, weight in module.state_dict().items()}

    return run


@pytest.fixture(scope="module")
def unbroken(run, tmp_path_factory):
    return run(tmp_path_factory.mktemp("unbroken"))


class CrashError(Exception):
    """Stands for a power cut."""


@pytest.fixture
def run_until(run, monkeypatch):
    """Returns a function that trains until Lightning calls a hook of the module at a step, and crashes there."""

    def run_until(hook, step, folder, **settings):
        original = getattr(TrainingModule, hook)

        def crash(self, *args):
            if self.global_step == step:
                raise CrashError
            return original(self, *args)

        with monkeypatch.context() as patch:
            patch.setattr(TrainingModule, hook, crash)
            with pytest.raises(CrashError):
                run(folder, **settings)

    return run_until


def assert_same(run, other):
    assert run[0] == other[0]
    for name, weight in run[1].items():
        torch.testing.assert_close(other[1][name], weight, rtol=0, atol=0, msg=name)


def checkpoint_of(folder):
    return torch.load(folder / "checkpoints" / "last.ckpt", weights_only=False)


def test_each_epoch_is_validated_and_the_objective_falls(unbroken):
    history, _ = unbroken
    assert [(epoch, step) for epoch, step, _ in history] == [(1, 7), (2, 14), (3, 21)]
    objectives = [objective for _, _, objective in history]
    assert objectives == sorted(objectives, reverse=True)
    assert objectives[-1] < 0.9 * objectives[0]


def test_a_second_run_has_the_same_weights_and_another_seed_has_others(run, unbroken, tmp_path):
    assert_same(unbroken, run(tmp_path / "again"))
    _, others = run(tmp_path / "other", pairs=["seed=1"])
    assert not torch.equal(others["bias"], unbroken[1]["bias"])


@pytest.mark.parametrize(
    ("hook", "step", "every"),
    [
        ("training_step", 10, 2),  # in the middle of an epoch
        ("training_step", 16, 100),  # after a validation, before the next checkpoint
        ("validation_step", 7, 7),  # when a checkpoint and a validation are due at once
        ("on_validation_epoch_end", 21, 1),  # at the very end
        ("training_step", 2, 100),  # before the first checkpoint
    ],
)
def test_a_run_that_crashed_and_was_resumed_ends_like_an_unbroken_one(
    run, run_until, unbroken, monkeypatch, tmp_path, hook, step, every
):
    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", every)
    run_until(hook, step, tmp_path)
    assert_same(unbroken, run(tmp_path, resume=True))


@pytest.mark.parametrize(
    "pairs",
    [
        ["labels=category,author", "accumulate=2", "steps=13"],
        ["ema=0.9", "autoencoder=0.45", "monitor=elbo"],  # the decoder gets new weights at step 9
        ["steps=11", "monitor=nll_iw", "slot_dropout=0.2", "batch_norm=0.5"],
    ],
)
def test_a_resumed_run_with_other_settings_ends_like_an_unbroken_one(run, run_until, monkeypatch, tmp_path, pairs):
    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", 4)
    whole = run(tmp_path / "whole", pairs=pairs)
    run_until("training_step", 10, tmp_path / "broken", pairs=pairs)
    assert checkpoint_of(tmp_path / "broken")["global_step"] == 8
    assert_same(whole, run(tmp_path / "broken", pairs=pairs, resume=True))


def test_a_run_resumed_between_two_validations_ends_like_an_unbroken_one(run, run_until, monkeypatch, tmp_path):
    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", 3)
    monkeypatch.setattr(fitting, "VALIDATION_STEPS", 3)
    whole = run(tmp_path / "whole")
    assert [step for _, step, _ in whole[0]] == [3, 6, 10, 13, 17, 20, 21]
    run_until("training_step", 11, tmp_path / "broken")
    assert_same(whole, run(tmp_path / "broken", resume=True))


def test_a_run_resumed_in_its_last_validation_ends_like_an_unbroken_one(run, run_until, monkeypatch, tmp_path):
    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", 1)
    whole = run(tmp_path / "whole", pairs=["steps=10"])
    run_until("on_validation_epoch_end", 10, tmp_path / "broken", pairs=["steps=10"])
    assert_same(whole, run(tmp_path / "broken", pairs=["steps=10"], resume=True))


@pytest.mark.parametrize(
    ("pairs", "validations"),
    [
        (["steps=5"], [5]),
        (["steps=7"], [7]),
        (["steps=10"], [7, 10]),
        (["steps=14"], [7, 14]),
        (["max_steps=10"], [7, 10]),
        (["max_steps=99"], [7, 14, 21]),
        (["max_steps=5", "steps=10"], [7, 10]),
    ],
)
def test_the_run_makes_as_many_steps_as_set_and_validates_the_last(run, tmp_path, pairs, validations):
    history, _ = run(tmp_path, pairs=pairs)
    assert [step for _, step, _ in history] == validations
    assert checkpoint_of(tmp_path)["global_step"] == validations[-1]


def test_training_stops_early_with_the_best_weights_and_is_not_resumed(run, monkeypatch, tmp_path):
    pairs = ["patience=1", "learning_rate=0.5", "warmup_steps=0", "clip=1000", "epochs=90"]
    history, weights = run(tmp_path, pairs=pairs)
    objectives = [objective for _, _, objective in history]
    assert len(history) < 90
    assert objectives.index(min(objectives)) == len(history) - 2
    best = torch.load(tmp_path / "checkpoints" / "best.pt", weights_only=True)
    assert checkpoint_of(tmp_path)["callbacks"]["Best"] == {"value": min(objectives), "step": history[-2][1]}
    assert_same((history, weights), (history, best))
    monkeypatch.setattr(TrainingModule, "training_step", lambda *_: pytest.fail("a further step"))
    assert_same((history, weights), run(tmp_path, pairs=pairs, resume=True))


def test_a_finished_run_makes_no_further_step_when_resumed(run, monkeypatch, tmp_path):
    for pairs in ([], ["steps=10"]):
        whole = run(tmp_path / str(pairs), pairs=pairs)
        with monkeypatch.context() as patch:
            patch.setattr(TrainingModule, "training_step", lambda *_: pytest.fail("a further step"))
            assert_same(whole, run(tmp_path / str(pairs), pairs=pairs, resume=True))


@pytest.mark.parametrize(("monitor", "name"), [("elbo", "val_elbo_loss"), ("nll_iw", "val_nll_iw")])
def test_another_monitor_decides_what_is_best(run, monkeypatch, tmp_path, monitor, name):
    values = iter([5.0, 3.0, 4.0, 6.0])
    original = TrainingModule.log
    monkeypatch.setattr(
        TrainingModule,
        "log",
        lambda self, key, value, **options: original(self, key, next(values) if key == name else value, **options),
    )
    history, weights = run(tmp_path, pairs=[f"monitor={monitor}", "patience=2", "epochs=9"])
    assert len(history) == 4
    assert checkpoint_of(tmp_path)["callbacks"]["Best"] == {"value": 3.0, "step": 14}
    assert not torch.equal(weights["bias"], checkpoint_of(tmp_path)["state_dict"]["model.bias"])


def test_validations_of_the_warm_up_neither_stop_nor_count_as_best(run, tmp_path):
    """With beta 0 the autoencoder has the better objective, until its decoder gets new weights."""
    pairs = ["beta=0", "autoencoder=0.8", "patience=1", "epochs=5", "learning_rate=0.05"]
    history, _ = run(tmp_path, pairs=pairs)
    warm, counted = ([value for _, step, value in history if (step > 28) == after] for after in (False, True))
    assert (len(warm), len(counted)) == (4, 1)
    assert min(warm) < min(counted)
    assert checkpoint_of(tmp_path)["callbacks"]["Best"]["value"] == min(counted)


def test_the_model_is_left_with_its_averaged_weights(run, tmp_path):
    _, weights = run(tmp_path, pairs=["ema=0.9"])
    state = checkpoint_of(tmp_path)["state_dict"]
    torch.testing.assert_close(weights["bias"], state["averaged.module.bias"], rtol=0, atol=0)
    assert not torch.equal(weights["bias"], state["model.bias"])


def test_compiled_parts_are_trained_and_their_weights_keep_their_names(run, monkeypatch, tmp_path):
    """The compiler takes longer than all these tests, so a plain function stands for the compiled one."""
    calls = []

    def compile_(function, **_):
        def compiled(*args):
            calls.append(function.__name__)
            return function(*args)

        return compiled

    monkeypatch.setattr(torch, "compile", compile_)
    small = "family=transformer width=8 heads=2 encoder_layers=1 decoder_layers=1 slots=9 dim=4".split()
    runs = [run(tmp_path / use, pairs=[*small, "steps=3", f"compile={use}"]) for use in ("no", "yes")]
    assert_same(*runs)
    assert {*calls} == {"encode", "features"}


def test_the_error_for_a_loss_that_is_not_finite_names_the_step_and_the_batch(run, tmp_path):
    message = (
        r"^the loss is \w+ at step \d+, batch \d+ of epoch 1: \d+ texts, the first row \d+ of \S+part-0\.parquet; "
        r"lower training\.learning_rate or training\.clip$"
    )
    with pytest.raises(FloatingPointError, match=message):
        run(tmp_path, pairs=["learning_rate=1e30", "warmup_steps=0"])


def test_a_run_out_of_memory_ends_like_one_with_smaller_parts_from_the_start(run, monkeypatch, caplog, tmp_path):
    pairs = ["free_bits=0", "epochs=1"]
    [(_, _, objective)], _ = run(tmp_path / "parts", pairs=[*pairs, "accumulate=4"])
    original = StepwiseModel.nats

    def nats(self, z, batch):
        if self.training and len(batch) > 2:
            raise torch.OutOfMemoryError
        return original(self, z, batch)

    monkeypatch.setattr(StepwiseModel, "nats", nats)
    [(_, _, after_retries)], _ = run(tmp_path / "memory", pairs=pairs)
    assert "out of memory at step 0: batches in 4 parts from here on" in caplog.text
    assert after_retries == pytest.approx(objective, rel=0.1)


def test_a_single_text_that_does_not_fit_the_memory_is_an_error_of_one_line(run, monkeypatch, tmp_path):
    def nats(*_):
        raise torch.OutOfMemoryError("CUDA out of memory.\nOf the allocated memory")

    monkeypatch.setattr(StepwiseModel, "nats", nats)
    with pytest.raises(UserError, match=r"^one text alone does not fit the memory: train a smaller model$"):
        run(tmp_path)


def test_the_error_for_a_validation_that_does_not_fit_the_memory_names_the_remedy(run, monkeypatch, tmp_path):
    def validation_step(*_):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(TrainingModule, "validation_step", validation_step)
    with pytest.raises(UserError, match=r"^a validation does not fit the memory: lower training\.batch_pieces$"):
        run(tmp_path)


def test_a_run_can_be_resumed_from_its_last_checkpoint_after_the_disk_was_full(run, unbroken, monkeypatch, tmp_path):
    """A limit on the size of files stands for the full disk: the same calls fail."""
    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", 2)
    original, limits = TrainingModule.training_step, resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self, batch, number):
        if self.global_step == 9:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
        return original(self, batch, number)

    try:
        with monkeypatch.context() as patch:
            patch.setattr(TrainingModule, "training_step", fill)
            with pytest.raises(OSError, match="could not be written") as caught:
                run(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert str(caught.value).startswith(str(tmp_path / "checkpoints" / "last.ckpt"))
    assert str(caught.value).endswith("what was there stays: make room, then the same with --resume")
    assert {path.name for path in (tmp_path / "checkpoints").iterdir()} == {"last.ckpt", "best.pt"}
    assert checkpoint_of(tmp_path)["global_step"] == 8
    assert_same(unbroken, run(tmp_path, resume=True))


def test_an_interrupted_run_says_how_to_resume_it(run, unbroken, monkeypatch, tmp_path):
    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", 2)
    original, handler = TrainingModule.training_step, signal.getsignal(signal.SIGINT)

    def interrupt(self, batch, number):
        if self.global_step == 9:
            raise KeyboardInterrupt
        return original(self, batch, number)

    try:
        with monkeypatch.context() as patch:
            patch.setattr(TrainingModule, "training_step", interrupt)
            with pytest.raises(KeyboardInterrupt, match="the same with --resume goes on from the last checkpoint"):
                run(tmp_path)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert_same(unbroken, run(tmp_path, resume=True))


def test_a_run_writes_a_checkpoint_at_once_on_sigterm(run, unbroken, monkeypatch, tmp_path):
    original = TrainingModule.training_step

    def end(self, batch, number):
        if self.global_step == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return original(self, batch, number)

    with monkeypatch.context() as patch:
        patch.setattr(TrainingModule, "training_step", end)
        with pytest.raises(KeyboardInterrupt, match="the same with --resume goes on from the last checkpoint"):
            run(tmp_path)
    assert checkpoint_of(tmp_path)["global_step"] == 3
    assert_same(unbroken, run(tmp_path, resume=True))


def test_a_run_interrupted_before_its_first_checkpoint_says_that_it_begins_anew(run, monkeypatch, tmp_path):
    def interrupt(*_):
        raise KeyboardInterrupt

    handler = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(TrainingModule, "training_step", interrupt)
    try:
        with pytest.raises(KeyboardInterrupt, match="before the first checkpoint; the same with --resume begins anew"):
            run(tmp_path)
    finally:
        signal.signal(signal.SIGINT, handler)


def test_a_checkpoint_is_written_after_its_seconds_have_passed(run, run_until, unbroken, monkeypatch, tmp_path):
    monkeypatch.setattr(fitting, "CHECKPOINT_SECONDS", 0)
    run_until("training_step", 5, tmp_path)
    assert checkpoint_of(tmp_path)["global_step"] == 5
    assert_same(unbroken, run(tmp_path, resume=True))


def test_tensorboard_gets_curves_and_sample_texts(run, tmp_path):
    calls = []

    def show(model, batch):
        calls.append((model.training, len(batch), batch.rows[0].item()))
        return f"look {len(calls)}"

    history, _ = run(tmp_path, show=show)
    events = EventAccumulator(str(tmp_path / "logs")).Reload()
    assert {"train_loss_step", "train_kl", "beta", "val_objective", "val_active_units", "tokens_per_second"} <= {
        *events.Tags()["scalars"]
    }
    assert [event.value for event in events.Scalars("val_objective")] == pytest.approx([row[2] for row in history])
    texts = [(event.step, event.tensor_proto.string_val[0]) for event in events.Tensors("texts/text_summary")]
    assert texts == [(7, b"look 1"), (14, b"look 2"), (21, b"look 3")]
    assert len(set(calls)) == 1
    assert calls[0][0] is False
    assert "_hparams_/session_start_info" in events.summary_metadata
    [best] = events.Scalars("best_val_objective")
    assert (best.value, best.step) == pytest.approx(min((objective, step) for _, step, objective in history))


def test_each_validation_is_logged_as_a_line_without_a_terminal(run, caplog, tmp_path):
    caplog.set_level(logging.INFO, "blogvae")
    history, _ = run(tmp_path)
    lines = [line for line in caplog.messages if line.startswith("epoch")]
    assert len(lines) == 3
    for (epoch, step, objective), line in zip(history, lines, strict=True):
        assert line.startswith(f"epoch {epoch}, step {step} of 21: train_loss ")
        assert f", val_objective {objective:.4g}, val_reconstruction " in line
        assert "\n" not in line
        assert float(line.rpartition("tokens_per_second ")[2]) > 0
