import math

import pytest
import torch

from vae.objective import beta_at
from vae.settings import load_preset, override
from vae.training.batches import Batch
from vae.training.module import TrainingModule


@pytest.fixture
def training(make_module, monkeypatch):
    """A training module of 100 steps that stands at a given step and notes what it logs."""

    def make(step=0, pairs=()):
        settings = override(load_preset("tiny"), ["learning_rate=0.1", "warmup_steps=10", *pairs])
        module = TrainingModule(make_module(slots=4), settings, total_steps=100)
        module.logged = {}
        monkeypatch.setattr(TrainingModule, "global_step", step)
        monkeypatch.setattr(
            TrainingModule, "log", lambda self, name, value, **_: self.logged.update({name: float(value)})
        )
        return module

    return make


@pytest.fixture
def batch(make_texts):
    return Batch(*make_texts(3, 16, 9))


def test_the_learning_rate_rises_then_falls_to_a_twentieth(training):
    found = training().requires_grad_(requires_grad=True).configure_optimizers()
    optimizer, schedule = found["optimizer"], found["lr_scheduler"]["scheduler"]
    rates = []
    for _ in range(101):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert rates[:3] == pytest.approx([0.01, 0.02, 0.03])
    assert max(rates) == pytest.approx(0.1, rel=0.03)
    assert rates[55] == pytest.approx(0.1 * (0.05 + 0.475 * (1 + math.cos(math.pi * 0.55))))
    assert rates[100] == pytest.approx(0.005)
    assert rates[15:] == sorted(rates[15:], reverse=True)


def test_a_step_draws_by_its_number_whatever_was_drawn_before(training, batch):
    torch.manual_seed(1)
    first = training(step=7).training_step(batch, 0)
    torch.manual_seed(2)
    assert training(step=7).training_step(batch, 5).item() == first.item()
    assert training(step=7, pairs=["seed=1"]).training_step(batch, 0).item() != first.item()


def test_the_loss_weighs_the_kl_by_the_beta_of_the_step(training, batch):
    module = training(step=20, pairs=["free_bits=0", "word_dropout=0", "beta=0.5", "anneal=0.4"])
    loss = module.training_step(batch, 0).item()
    assert module.logged["beta"] == beta_at(20, 100, module.settings.objective) == 0.25
    kl = module.model.encode(*batch).kl().sum().item()
    assert module.logged["train_kl"] == pytest.approx(kl / 3)
    module.settings = override(module.settings, ["beta=0"])
    assert loss - module.training_step(batch, 0).item() == pytest.approx(0.25 * kl / 28, rel=1e-4)


def test_a_validation_is_a_mean_over_texts_and_the_same_each_time(training, batch):
    module = training(pairs=["beta=0.5"])
    parts = [Batch(batch.ids[:1], batch.lengths[:1]), Batch(batch.ids[1:], batch.lengths[1:])]

    def validate():
        for number, part in enumerate(parts):
            module.validation_step(part, number)
        module.on_validation_epoch_end()
        return dict(module.logged)

    logged = validate()
    latents = module.model.encode(*batch)
    assert logged["val_kl"] == pytest.approx(latents.kl().sum().item() / 3)
    assert logged["val_objective"] == pytest.approx(logged["val_reconstruction"] + 0.5 * logged["val_kl"])
    variances = latents.mean.flatten(1).var(0, unbiased=False)
    assert logged["val_active_units"] == (variances >= 0.01).sum()
    assert validate() == logged
