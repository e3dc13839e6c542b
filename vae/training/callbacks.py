"""What the training loop writes beside the weights: history for the curves, a log line where there is no terminal."""

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
    """One row of logged values for every validation; travels in the checkpoint, so a resumed run has the whole."""

    def __init__(self) -> None:
        self.rows: list[dict[str, float]] = []

    def on_validation_end(self, trainer: Trainer, _module: LightningModule) -> None:
        """Keeps what was logged."""
        if not trainer.sanity_checking:
            values = {name: float(value) for name, value in trainer.callback_metrics.items()}
            self.rows.append({"epoch": trainer.current_epoch + 1, "step": trainer.global_step, **values})

    def state_dict(self) -> dict[str, Any]:
        """For the checkpoint."""
        return {"rows": self.rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """From the checkpoint."""
        self.rows = list(state_dict["rows"])


class Speed(Callback):
    """Pieces (padding not counted) a second of training, those of all processes."""

    def __init__(self) -> None:
        self.pieces = 0
        self.seconds = 0.0
        self._started = 0.0

    @property
    def tokens_per_second(self) -> float:
        """Since this process began; validation and start not counted."""
        return self.pieces / self.seconds if self.seconds else 0.0

    def on_train_batch_start(self, *_args: object) -> None:
        """Starts the clock."""
        self._started = time.perf_counter()

    def on_train_batch_end(
        self, _trainer: Trainer, module: LightningModule, _outputs: object, batch: Any, _n: int
    ) -> None:
        """Counts the batch."""
        self.pieces += batch.units
        self.seconds += time.perf_counter() - self._started
        module.log("tokens_per_second", self.tokens_per_second, prog_bar=True)


class EpochLine(Callback):
    """One log line a validation, where a progress bar has no terminal to live on."""

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Writes it."""
        steps = cast("TrainingModule", module).total_steps
        values = trainer.callback_metrics
        shown = (
            "train_loss",
            "val_objective",
            "val_reconstruction",
            "val_kl",
            "val_nll_iw",
            "val_active_units",
            "tokens_per_second",
        )
        told = ", ".join(f"{name} {float(values[name]):.4g}" for name in shown if name in values)
        log.info("epoch %d, step %d of %d: %s", trainer.current_epoch + 1, trainer.global_step, steps, told)


class EarlyStop(EarlyStopping):
    """Stops for good: a run that had come to its early stop and goes on has nothing left to train.

    Only validations count that the module counts.
    """

    def __init__(self, monitor: str, *, patience: int) -> None:
        # At the end of an epoch the checkpoint is written already, and would not know of the stop.
        super().__init__(monitor, patience=patience, check_on_train_epoch_end=False)

    def on_fit_start(self, trainer: Trainer, _module: LightningModule) -> None:
        """Stops where the checkpoint had waited long enough."""
        trainer.should_stop = self.wait_count >= self.patience

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Counts the validation."""
        if cast("TrainingModule", module).counts:
            super().on_validation_end(trainer, module)


class Samples(Callback):
    """Writes to TensorBoard what `show` says of the first validation batch, at every validation."""

    def __init__(self, show: Callable[[VAE[Any], Any], str]) -> None:
        self.show = show
        self._batch: Any = None

    def on_validation_batch_start(
        self, _trainer: Trainer, _module: LightningModule, batch: Any, number: int, _loader: int = 0
    ) -> None:
        """Keeps the first batch."""
        if number == 0:
            self._batch = batch

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Writes the text."""
        if trainer.is_global_zero and trainer.logger is not None and self._batch is not None:
            experiment: Any = trainer.logger.experiment  # type: ignore[attr-defined]
            experiment.add_text(
                "texts", self.show(cast("TrainingModule", module).kept, self._batch), trainer.global_step
            )
