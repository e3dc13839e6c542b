import logging
from types import SimpleNamespace

import pytest
import torch

from vae.training import progress
from vae.training.progress import StepLine, TrainingBar


@pytest.fixture
def trainer():
    """Stands in for Lightning's trainer at step 4 of a run that goes on from there."""
    return SimpleNamespace(
        global_step=4, current_epoch=1, progress_bar_metrics={"train_loss": 2.5, "v_num": 0}, loggers=[]
    )


@pytest.fixture
def module():
    """Stands in for the training module."""
    return SimpleNamespace(total_steps=10, parameters=lambda: [torch.zeros(3, 4), torch.zeros(5)])


def test_the_bar_counts_all_steps_and_epochs_from_one(trainer, module):
    bar = TrainingBar()
    bar.on_train_start(trainer, module)
    assert (bar.train_progress_bar.n, bar.train_progress_bar.total) == (4, 10)
    bar.on_train_epoch_start(trainer, module)
    trainer.global_step = 7
    bar.on_train_batch_end(trainer, module, None, None, 2)
    assert bar.train_progress_bar.n == 7
    assert bar.train_progress_bar.desc == "epoch 2: "
    assert bar.train_progress_bar.postfix == "train_loss=2.500"
    bar.on_train_end(trainer, module)


def test_a_log_gets_a_line_at_the_start_and_then_every_half_minute(trainer, module, monkeypatch, caplog):
    times = iter([100.0, 110.0, 140.0, 150.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(times))
    line = StepLine()
    with caplog.at_level(logging.INFO, logger="blogvae"):
        line.on_train_start(trainer, module)
        for step in (5, 6, 7):
            trainer.global_step = step
            line.on_train_batch_end(trainer, module, None, None, 0)
    assert [record.getMessage() for record in caplog.records] == [
        "training 17 weights from step 4 to 10",
        "step 6 of 10, about 1 minutes left",
    ]
