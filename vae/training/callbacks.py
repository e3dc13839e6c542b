"""Callbacks of the training loop: history, speed, log lines, early stopping, and sample texts for TensorBoard."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, cast

from lightning.pytorch.callbacks import Callback, EarlyStopping

if TYPE_CHECKING:
    from collections.abc import Callable

    from lightning import LightningModule, Trainer

    from vae.models.vae import VAE
    from vae.training.training_module import TrainingModule

log = logging.getLogger("blogvae")


class History(Callback):
    """Keeps a row of logged values for each validation. The checkpoint stores them, so a resumed run has all rows."""

    def __init__(self) -> None:
        self.rows: list[dict[str, float]] = []

    def on_validation_end(self, trainer: Trainer, _module: LightningModule) -> None:
        """Appends the values that were logged, with the epoch and the step."""
        if not trainer.sanity_checking:
            values = {name: float(value) for name, value in trainer.callback_metrics.items()}
            self.rows.append({"epoch": trainer.current_epoch + 1, "step": trainer.global_step, **values})

    def state_dict(self) -> dict[str, Any]:
        """Returns what the checkpoint stores of the history."""
        return {"rows": self.rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores the history from a checkpoint."""
        self.rows = list(state_dict["rows"])


class Speed(Callback):
    """Measures how many pieces, without padding, all processes together train on in a second."""

    def __init__(self) -> None:
        self.pieces = 0
        self.seconds = 0.0
        self._started = 0.0

    @property
    def tokens_per_second(self) -> float:
        """Pieces a second since this process began. Start-up and validations do not count."""
        return self.pieces / self.seconds if self.seconds else 0.0

    def on_train_batch_start(self, *_args: object) -> None:
        """Starts the clock."""
        self._started = time.perf_counter()

    def on_train_batch_end(
        self, _trainer: Trainer, module: LightningModule, _outputs: object, batch: Any, _n: int
    ) -> None:
        """Adds the batch's pieces and the time it took, and logs the speed."""
        self.pieces += batch.units
        self.seconds += time.perf_counter() - self._started
        module.log("tokens_per_second", self.tokens_per_second, prog_bar=True)


class EpochLine(Callback):
    """Logs one line for each validation. It stands in for the progress bar where there is no terminal."""

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Logs the epoch, the step and the main values."""
        steps = cast("TrainingModule", module).total_steps
        values = trainer.callback_metrics
        names = (
            "train_loss",
            "val_objective",
            "val_reconstruction",
            "val_kl",
            "val_nll_iw",
            "val_active_units",
            "tokens_per_second",
        )
        figures = {name: float(values[name]) for name in names if name in values}
        shown_figures = ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
        epoch, step = trainer.current_epoch + 1, trainer.global_step
        counts = {"epoch": epoch, "step": step, "steps": steps, **figures}
        log.info("epoch %d, step %d of %d: %s", epoch, step, steps, shown_figures, extra={"counts": counts})


class EarlyStop(EarlyStopping):
    """Stops training after `patience` validations without a lower `monitor`.

    Validations during the warm-up as an autoencoder do not count. A stopped run that is resumed stops at once, without
    a further step.
    """

    def __init__(self, monitor: str, *, patience: int) -> None:
        # At the end of a training epoch the checkpoint has been written already, without the stop.
        super().__init__(monitor, patience=patience, check_on_train_epoch_end=False)

    def on_fit_start(self, trainer: Trainer, _module: LightningModule) -> None:
        """Stops a resumed run whose checkpoint had already used up its patience."""
        trainer.should_stop = self.wait_count >= self.patience

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Compares the validation with the best one so far, unless the model is still warming up."""
        if cast("TrainingModule", module).validation_counts:
            super().on_validation_end(trainer, module)


class Samples(Callback):
    """Writes the Markdown that `show` makes of the first validation batch to TensorBoard, at every validation."""

    def __init__(self, show: Callable[[VAE[Any], Any], str]) -> None:
        self.show = show
        self._batch: Any = None

    def on_validation_batch_start(
        self, _trainer: Trainer, _module: LightningModule, batch: Any, number: int, _loader: int = 0
    ) -> None:
        """Remembers the first batch."""
        if number == 0:
            self._batch = batch

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Writes the Markdown."""
        if trainer.is_global_zero and trainer.logger is not None and self._batch is not None:
            experiment: Any = trainer.logger.experiment  # type: ignore[attr-defined]
            markdown = self.show(cast("TrainingModule", module).validated_model, self._batch)
            experiment.add_text("texts", markdown, trainer.global_step)
