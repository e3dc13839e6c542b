"""What the training loop writes beside the weights: history for the curves, a log line where there is no terminal."""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING, Any

from lightning.pytorch.callbacks import Callback, Checkpoint, EarlyStopping
from lightning.pytorch.plugins.io import TorchCheckpointIO

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lightning import LightningModule, Trainer

    from vae.training.batches import Batch

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
    """Pieces (padding not counted) a second of training, since the last validation and over the whole run."""

    def __init__(self) -> None:
        self.pieces = 0
        self.seconds = 0.0
        self._started = 0.0

    @property
    def tokens_per_second(self) -> float:
        """Of this process, validation and start not counted."""
        return self.pieces / self.seconds if self.seconds else 0.0

    def on_train_batch_start(self, *_args: object) -> None:
        """Starts the clock."""
        self._started = time.perf_counter()

    def on_train_batch_end(
        self, _trainer: Trainer, module: LightningModule, _outputs: object, batch: Batch, _n: int
    ) -> None:
        """Counts the batch."""
        self.pieces += int(batch.lengths.sum())
        self.seconds += time.perf_counter() - self._started
        module.log("tokens_per_second", self.tokens_per_second, prog_bar=True)


class EpochLine(Callback):
    """One log line a validation, where a progress bar has no terminal to live on."""

    def on_validation_end(self, trainer: Trainer, _module: LightningModule) -> None:
        """Writes it."""
        values = trainer.callback_metrics
        shown = (
            "train_loss",
            "val_objective",
            "val_reconstruction",
            "val_kl",
            "val_active_units",
            "tokens_per_second",
        )
        told = ", ".join(f"{name} {float(values[name]):.4g}" for name in shown if name in values)
        log.info("epoch %d of %s: %s", trainer.current_epoch + 1, trainer.max_epochs, told)


class LastCheckpoint(Checkpoint):
    """The whole state to go on from: every `steps` steps, and after each validation (every `validation` steps).

    Not between the last step before a validation and its end: Lightning would go on without that validation.
    """

    def __init__(self, path: Path, *, steps: int, validation: int) -> None:
        self.path, self.steps, self.validation = path, steps, validation

    def on_train_batch_end(
        self, trainer: Trainer, _module: LightningModule, _outputs: object, _batch: Batch, number: int
    ) -> None:
        """Saves unless a validation comes next."""
        if trainer.global_step % self.steps == 0 and (number + 1) % self.validation:
            trainer.save_checkpoint(self.path)

    def on_validation_end(self, trainer: Trainer, _module: LightningModule) -> None:
        """Saves."""
        trainer.save_checkpoint(self.path)


class EarlyStop(EarlyStopping):
    """Stops for good: a run that had come to its early stop and goes on has nothing left to train."""

    def on_fit_start(self, trainer: Trainer, _module: LightningModule) -> None:
        """Stops where the checkpoint had waited long enough."""
        trainer.should_stop = self.wait_count >= max(1, self.patience)


class AtomicCheckpoints(TorchCheckpointIO):
    """Checkpoints that appear whole or not at all, whenever the process dies."""

    def save_checkpoint(self, checkpoint: Mapping[str, Any], path: str | Path, storage_options: object = None) -> None:
        """Writes under a temporary name, then renames."""
        temporary = f"{path}.tmp"
        super().save_checkpoint(dict(checkpoint), temporary, storage_options)
        os.replace(temporary, path)  # noqa: PTH105  (path is a string from Lightning)
