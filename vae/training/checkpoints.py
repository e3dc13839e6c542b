"""The files that a run keeps on disk while it trains: the state that `--resume` reads, and the best weights."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from lightning.pytorch.callbacks import Callback, Checkpoint
from lightning.pytorch.plugins.io import TorchCheckpointIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lightning import LightningModule, Trainer

    from vae.training.training_module import TrainingModule


class AtomicCheckpoints(TorchCheckpointIO):
    """Writes checkpoints that are whole or absent, at whatever moment the process dies."""

    def save_checkpoint(self, checkpoint: Mapping[str, Any], path: str | Path, storage_options: object = None) -> None:
        """Writes the checkpoint under a temporary name, then renames it.

        Raises:
            OSError: the disk is full, for example; the previous checkpoint is still there.
        """
        write = super().save_checkpoint
        _write_atomically(Path(path), lambda temporary: write(dict(checkpoint), str(temporary), storage_options))


class LastCheckpoint(Checkpoint):
    """Saves the whole state of the run, which `--resume` goes on from.

    It saves every `steps` steps, `seconds` after the last checkpoint, on SIGTERM, and after each validation.
    Validations come every `validation` steps. The step right before a validation is never saved: a run resumed from
    there would skip that validation.
    """

    def __init__(self, path: Path, *, steps: int, seconds: float, validation: int) -> None:
        self.path, self.steps, self.seconds, self.validation = path, steps, seconds, validation
        self._saved = time.monotonic()

    def on_train_start(self, _trainer: Trainer, _module: LightningModule) -> None:
        """Counts the seconds from here on."""
        self._saved = time.monotonic()

    def on_train_batch_end(
        self, trainer: Trainer, _module: LightningModule, _outputs: object, _batch: object, number: int
    ) -> None:
        """Saves when a checkpoint is due, unless a validation comes next."""
        is_late = trainer.received_sigterm or time.monotonic() - self._saved >= self.seconds
        # Saving waits for all processes, so they decide together.
        is_due = trainer.strategy.reduce_boolean_decision(is_late, all=False) or trainer.global_step % self.steps == 0
        if is_due and (number + 1) % self.validation and not trainer.should_stop:
            self._save(trainer)

    def on_validation_end(self, trainer: Trainer, _module: LightningModule) -> None:
        """Saves the state after the validation."""
        self._save(trainer)

    def _save(self, trainer: Trainer) -> None:
        trainer.save_checkpoint(self.path)
        self._saved = time.monotonic()


class Best(Callback):
    """Saves the weights of the validation with the lowest `monitor`.

    Validations during the warm-up as an autoencoder do not count.
    """

    def __init__(self, path: Path, *, monitor: str) -> None:
        self.path, self.monitor, self.value, self.step = path, monitor, float("inf"), 0

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Saves the weights if the value is the lowest so far."""
        training = cast("TrainingModule", module)
        value = float(trainer.callback_metrics[self.monitor])
        if training.validation_counts and value < self.value:
            self.value, self.step = value, trainer.global_step
            if trainer.is_global_zero:
                weights = training.validated_model.state_dict()
                self.path.parent.mkdir(parents=True, exist_ok=True)
                _write_atomically(self.path, lambda temporary: torch.save(weights, temporary))

    def state_dict(self) -> dict[str, Any]:
        """Returns what the checkpoint stores: the lowest value so far and its step."""
        return {"value": self.value, "step": self.step}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores the lowest value and its step from a checkpoint; one of an earlier release has no step."""
        self.value, self.step = state_dict["value"], state_dict.get("step", 0)


def _write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        write(temporary)
    except (OSError, RuntimeError) as error:
        temporary.unlink(missing_ok=True)
        raise OSError(
            f"{path} could not be written ({error}); what was there stays: make room, then the same with --resume"
        ) from error
    temporary.replace(path)
