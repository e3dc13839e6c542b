import pytest
import torch

from vae.data.array_batches import ArrayBatches
from vae.models.configs import DenseConfig
from vae.models.dense import BagBatch, DenseVAE
from vae.settings import ObjectiveSettings, Settings, TrainingSettings
from vae.training import fit as fitting
from vae.training.fit import fit
from vae.training.training_module import TrainingModule

pytestmark = pytest.mark.slow

CONFIG = DenseConfig(inputs=12, hidden=16, dim=4)
BETA = 0.5


def bags():
    """Returns bags of words; all words of a bag are from the same half of the vocabulary."""
    half = torch.arange(60)[:, None] % 2 == torch.arange(12) // 6
    return (half * (torch.rand(60, 12, generator=torch.Generator().manual_seed(0)) < 0.8)).float()


@pytest.fixture
def run(tmp_path):
    """Returns a function that trains on two thirds of the bags; it gives the values of validations and the model."""

    def run(name, *, resume=False, constraints=None, epochs=4):
        settings = Settings(
            model=CONFIG,
            objective=ObjectiveSettings(beta=BETA, free_bits=0.0),
            training=TrainingSettings(epochs=epochs, learning_rate=0.01, precision="32-true"),
        )
        torch.manual_seed(0)
        model = DenseVAE(CONFIG)
        fitted = fit(
            model,
            settings,
            train=ArrayBatches(BagBatch(bags()[:40]), size=8, seed=0),
            validation=ArrayBatches(BagBatch(bags()[40:]), size=8, seed=None),
            folder=tmp_path / name,
            resume=resume,
            constraints=constraints,
        )
        rows = [{name: value for name, value in row.items() if name.startswith("val_")} for row in fitted.history]
        return rows, model.eval()

    return run


def test_the_objective_of_the_validation_bags_falls(run):
    history, _ = run("plain", epochs=20)
    assert history[-1]["val_objective"] < 0.75 * history[0]["val_objective"]


def test_a_run_that_crashed_in_an_epoch_and_was_resumed_ends_like_an_unbroken_one(run, monkeypatch):
    monkeypatch.setattr(fitting, "CHECKPOINT_STEPS", 3)
    unbroken, model = run("unbroken")

    class CrashError(Exception):
        """Stands for a power cut."""

    original = TrainingModule.training_step

    def crash(self, *args):
        if self.global_step == 8:  # the second epoch's fourth of five batches; the last checkpoint is that of step 6
            raise CrashError
        return original(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(TrainingModule, "training_step", crash)
        with pytest.raises(CrashError):
            run("broken")
    resumed, other = run("broken", resume=True)
    assert resumed == unbroken
    for name, weight in model.state_dict().items():
        assert torch.equal(other.state_dict()[name], weight), name


def test_the_validation_objective_contains_the_cost_of_constraints(run):
    history, model = run("held", constraints=torch.full((1, 1, 4), 2.0), epochs=20)
    for row in history:
        total = row["val_reconstruction"] + BETA * row["val_kl"] + row["val_hinge"]
        assert row["val_objective"] == pytest.approx(total)
    # Reconstruction alone prefers means far from the constraint; the best weights are those of the lowest sum.
    assert history[0]["val_hinge"] > 10 * min(row["val_hinge"] for row in history)
    means = model.posterior(BagBatch(bags())).mean
    assert (means - 2.0).square().sum((1, 2)).mean() < 1.0
