"""Shows how far a training is and how long it will take: a bar on a terminal, lines in a log."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Final, cast

from lightning.pytorch.callbacks import Callback, TQDMProgressBar

if TYPE_CHECKING:
    from lightning import LightningModule, Trainer

    from vae.training.training_module import TrainingModule

log = logging.getLogger("blogvae")

SECONDS_PER_LINE: Final = 30
"""The time between two lines in a log."""


class TrainingBar(TQDMProgressBar):
    """Shows one bar over all steps of the training, so that the time left is that of the whole; epochs count from 1."""

    def on_train_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Opens the bar, at the step of the checkpoint if the run goes on from one."""
        super().on_train_start(trainer, module)
        self.train_progress_bar.total = cast("TrainingModule", module).total_steps
        self.train_progress_bar.initial = self.train_progress_bar.n = trainer.global_step

    def on_train_epoch_start(self, trainer: Trainer, *_: object) -> None:
        """Names the epoch."""
        self.train_progress_bar.set_description(f"epoch {trainer.current_epoch + 1}")

    def on_train_batch_end(self, trainer: Trainer, module: LightningModule, *_: object) -> None:
        """Moves the bar to the current step."""
        bar = self.train_progress_bar
        bar.set_postfix(self.get_metrics(trainer, module), refresh=False)
        bar.update(trainer.global_step - bar.n)

    def get_metrics(self, trainer: Trainer, module: LightningModule) -> dict[str, Any]:
        """Returns the logged values beside the bar, without Lightning's number of the run."""
        return {name: value for name, value in super().get_metrics(trainer, module).items() if name != "v_num"}


class StepLine(Callback):
    """Logs the step and the time left every SECONDS_PER_LINE, for a run without a terminal."""

    def __init__(self) -> None:
        self._first_step, self._started, self._logged = 0, 0.0, 0.0

    def on_train_start(self, trainer: Trainer, module: LightningModule) -> None:
        """Logs how many steps there are."""
        self._first_step, self._started = trainer.global_step, time.monotonic()
        self._logged = self._started
        parameters = sum(weight.numel() for weight in module.parameters())
        log.info("training %s weights from step %d to %d", f"{parameters:,}", trainer.global_step, _steps(module))

    def on_train_batch_end(self, trainer: Trainer, module: LightningModule, *_: object) -> None:
        """Logs a line if the last one is old enough."""
        now, done = time.monotonic(), trainer.global_step - self._first_step
        if now - self._logged >= SECONDS_PER_LINE and done:
            self._logged = now
            left = (now - self._started) / done * (_steps(module) - trainer.global_step)
            log.info("step %d of %d, about %d minutes left", trainer.global_step, _steps(module), round(left / 60))


def _steps(module: LightningModule) -> int:
    return cast("TrainingModule", module).total_steps
