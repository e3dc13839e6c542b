import pytest
import torch

from vae.dataset import Dataset
from vae.models.recurrent import RecurrentVAE
from vae.settings import load_preset, override
from vae.training import fit as fitting
from vae.training.batches import Batches
from vae.training.fit import fit
from vae.training.module import TrainingModule

STEPS, EPOCHS = 7, 3
"""Steps in an epoch of 60 rows, and epochs."""

TINY = "embedding=16 hidden=16 slots=8 dim=4 batch_pieces=128 precision=32-true learning_rate=0.03".split()


@pytest.fixture(scope="module")
def shards(write_dataset, rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fit") / "dataset"
    dataset = Dataset.open(write_dataset(folder, {"train": rows[:60], "validation": rows[60:80]}))
    return dataset.shards("train"), dataset.shards("validation")


@pytest.fixture(scope="module")
def run(shards, tokenizer):
    """Trains in a folder: (epoch, step, objective) of each validation, and the weights."""

    def run(folder, *, resume=False, pairs=()):
        settings = override(load_preset("tiny"), [*TINY, f"epochs={EPOCHS}", *pairs])
        torch.manual_seed(settings.training.seed)
        module = RecurrentVAE(settings.model, vocab_size=tokenizer.vocab_size, max_len=16)
        train = Batches(shards[0], batch_pieces=128, seed=settings.training.seed)
        assert len(train) == STEPS
        validation = Batches(shards[1], batch_pieces=128, seed=None)
        fitted = fit(module, settings, train=train, validation=validation, folder=folder, resume=resume)
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
    """Trains until a hook of the module is entered at a step."""

    def run_until(hook, step, folder, **settings):
        as_it_is = getattr(TrainingModule, hook)

        def crash(self, *args):
            if self.global_step == step:
                raise CrashError
            return as_it_is(self, *args)

        with monkeypatch.context() as patch:
            patch.setattr(TrainingModule, hook, crash)
            with pytest.raises(CrashError):
                run(folder, **settings)

    return run_until


def assert_same(run, other):
    assert run[0] == other[0]
    for name, weight in run[1].items():
        torch.testing.assert_close(other[1][name], weight, rtol=0, atol=0, msg=name)


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
        ("validation_step", 7, 7),  # where a checkpoint and a validation are due at once
        ("on_validation_epoch_end", 21, 1),  # at the very end
        ("training_step", 2, 100),  # before the first checkpoint
    ],
)
def test_a_run_that_crashed_and_goes_on_ends_like_an_unbroken_one(
    run, run_until, unbroken, monkeypatch, tmp_path, hook, step, every
):
    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", every)
    run_until(hook, step, tmp_path)
    assert_same(unbroken, run(tmp_path, resume=True))


def test_so_does_one_that_crashed_between_validations_in_an_epoch(run, run_until, monkeypatch, tmp_path):
    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", 3)
    monkeypatch.setattr(fitting, "VALIDATION_STEPS", 3)
    whole = run(tmp_path / "whole")
    assert [step for _, step, _ in whole[0]] == [3, 6, 10, 13, 17, 20]
    run_until("training_step", 11, tmp_path / "broken")
    assert_same(whole, run(tmp_path / "broken", resume=True))


def test_training_stops_early_and_for_good_with_the_best_weights(run, tmp_path):
    pairs = ["patience=1", "learning_rate=0.5", "warmup_steps=0", "clip=1000", "epochs=20"]
    history, weights = run(tmp_path, pairs=pairs)
    objectives = [objective for _, _, objective in history]
    assert len(history) < 20
    assert objectives.index(min(objectives)) == len(history) - 2
    assert_same((history, weights), run(tmp_path, pairs=pairs, resume=True))
    best = torch.load(tmp_path / "checkpoints" / "best.ckpt", weights_only=False)
    assert best["global_step"] == history[-2][1]
    torch.testing.assert_close(best["state_dict"]["model.bias"], weights["bias"], rtol=0, atol=0)


def test_a_loss_that_is_not_finite_is_told_with_the_step(run, tmp_path):
    with pytest.raises(FloatingPointError, match=r"the loss is \w+ at step \d+: lower training\.learning_rate"):
        run(tmp_path, pairs=["learning_rate=1e30", "warmup_steps=0"])
