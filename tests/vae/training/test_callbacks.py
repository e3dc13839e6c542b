import logging
from types import SimpleNamespace

import pytest
import torch

from vae.training import callbacks
from vae.training.callbacks import EarlyStop, EpochLine, History, Samples, Speed


@pytest.fixture
def trainer():
    """Stands in for Lightning's trainer after the second epoch."""
    return SimpleNamespace(
        sanity_checking=False,
        current_epoch=1,
        global_step=14,
        callback_metrics={"val_kl": torch.tensor(2.0), "train_loss": torch.tensor(3.25), "beta": torch.tensor(0.5)},
        should_stop=False,
        is_global_zero=True,
    )


@pytest.fixture
def module():
    """Stands in for the training module."""
    logged = {}
    return SimpleNamespace(
        total_steps=21,
        validation_counts=True,
        validated_model="averaged",
        logged=logged,
        log=lambda name, value, **_options: logged.update({name: value}),
    )


def test_history_has_a_row_for_each_validation(trainer, module):
    history = History()
    history.on_validation_end(trainer, module)
    assert history.rows == [{"epoch": 2, "step": 14, "val_kl": 2.0, "train_loss": 3.25, "beta": 0.5}]
    trainer.sanity_checking = True
    history.on_validation_end(trainer, module)
    assert len(history.rows) == 1


def test_history_travels_in_the_checkpoint(trainer, module):
    history, resumed = History(), History()
    history.on_validation_end(trainer, module)
    resumed.load_state_dict(history.state_dict())
    resumed.on_validation_end(trainer, module)
    assert resumed.rows == history.rows * 2
    assert len(history.rows) == 1


def test_speed_is_pieces_by_the_seconds_spent_in_batches(trainer, module, monkeypatch):
    times = iter([10.0, 12.0, 50.0, 53.0])
    monkeypatch.setattr(callbacks.time, "perf_counter", lambda: next(times))
    speed = Speed()
    assert speed.tokens_per_second == 0.0
    for units in (300, 700):
        speed.on_train_batch_start()
        speed.on_train_batch_end(trainer, module, None, SimpleNamespace(units=units), 0)
    assert speed.tokens_per_second == 1000 / 5
    assert module.logged == {"tokens_per_second": 200.0}


def test_the_line_of_a_validation_holds_the_values_that_were_logged(trainer, module, caplog):
    caplog.set_level(logging.INFO, "blogvae")
    EpochLine().on_validation_end(trainer, module)
    assert [record.getMessage() for record in caplog.records] == ["epoch 2, step 14 of 21: train_loss 3.25, val_kl 2"]


def test_a_run_that_had_used_up_its_patience_stops_when_resumed(trainer, module):
    stop = EarlyStop("val_objective", patience=3)
    for waited, stops in ((2, False), (3, True)):
        stop.wait_count = waited
        stop.on_fit_start(trainer, module)
        assert trainer.should_stop is stops


def test_only_validations_that_count_are_compared(trainer, module, monkeypatch):
    compared = []
    monkeypatch.setattr(callbacks.EarlyStopping, "on_validation_end", lambda *args: compared.append(args[1:]))
    for counts in (False, True):
        module.validation_counts = counts
        EarlyStop("val_objective", patience=3).on_validation_end(trainer, module)
    assert compared == [(trainer, module)]


def test_samples_show_the_first_batch_with_the_validated_model(trainer, module):
    texts = []
    experiment = SimpleNamespace(add_text=lambda *args: texts.append(args))
    trainer.logger = SimpleNamespace(experiment=experiment)
    samples = Samples(lambda model, batch: f"{model}: {batch}")
    for number, batch in enumerate(["first", "second"]):
        samples.on_validation_batch_start(trainer, module, batch, number)
    samples.on_validation_end(trainer, module)
    trainer.is_global_zero = False
    samples.on_validation_end(trainer, module)
    assert texts == [("texts", "averaged: first", 14)]
