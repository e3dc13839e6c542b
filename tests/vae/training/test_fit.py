import pytest
import torch

from vae.dataset import Dataset
from vae.models.recurrent import RecurrentVAE
from vae.settings import load_preset, override
from vae.training import fit as fitting
from vae.training.batches import Batches
from vae.training.fit import fit
from vae.training.module import TrainingModule

EPOCHS = 3


@pytest.fixture(scope="module")
def shards(write_dataset, rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fit") / "dataset"
    dataset = Dataset.open(write_dataset(folder, {"train": rows[:60], "validation": rows[60:80]}))
    return dataset.shards("train"), dataset.shards("validation")


def steps_an_epoch(shards):
    return len(Batches(shards[0], batch_pieces=128, seed=0))


@pytest.fixture
def run(shards, tokenizer, tmp_path):
    """Runs fit in a folder of this name; the history and the weights."""

    def run(name, *, resume=False, pairs=()):
        tiny = "embedding=16 hidden=16 slots=8 dim=4 batch_pieces=128 precision=32-true learning_rate=0.01".split()
        settings = override(load_preset("tiny"), [*tiny, f"epochs={EPOCHS}", *pairs])
        torch.manual_seed(settings.training.seed)
        module = RecurrentVAE(settings.model, vocab_size=tokenizer.vocab_size, max_len=16)
        train, validation = (Batches(each, batch_pieces=128, seed=seed) for each, seed in zip(shards, (0, None)))
        fitted = fit(module, settings, train=train, validation=validation, folder=tmp_path / name, resume=resume)
        return fitted.history, {name: weight.clone() for name, weight in module.state_dict().items()}

    return run


class Crash(Exception):
    pass


@pytest.mark.parametrize("every", [2, 3, 7, 21, 100])
@pytest.mark.parametrize("valid", [1000, 3])
@pytest.mark.parametrize("patience", [40, 1])
@pytest.mark.parametrize("where", ["training_step", "validation_step", "on_validation_epoch_end"])
def test_crash(run, shards, monkeypatch, every, where, tmp_path, valid, patience):
    steps = steps_an_epoch(shards)
    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", every)
    monkeypatch.setattr(fitting, "VALIDATION_STEPS", valid)
    pairs = ["beta=0.9", f"patience={patience}", "learning_rate=0.2" if patience == 1 else "learning_rate=0.03"]
    whole = run("whole", pairs=pairs)
    print("whole", [(r["epoch"], r["step"], round(r["val_objective"], 2)) for r in whole[0]])
    as_it_is = getattr(TrainingModule, where)
    bad = []
    for step in range(1, 22):
        crashed = []

        def crash(self, *args):
            if self.global_step == step and not crashed:
                crashed.append(1)
                raise Crash
            return as_it_is(self, *args)

        with monkeypatch.context() as patch:
            patch.setattr(TrainingModule, where, crash)
            try:
                run(f"broken{step}", pairs=pairs)
            except Crash:
                pass
            else:
                continue
        again = run(f"broken{step}", resume=True, pairs=pairs)
        if not [(r["epoch"], r["step"], r["val_objective"]) for r in whole[0]] == [
            (r["epoch"], r["step"], r["val_objective"]) for r in again[0]
        ]:
            bad.append((step, "history", [(r["epoch"], r["step"], round(r["val_objective"], 2)) for r in again[0]]))
        if not all(torch.equal(whole[1][name], again[1][name]) for name in whole[1]):
            bad.append((step, "weights"))
    assert not bad
