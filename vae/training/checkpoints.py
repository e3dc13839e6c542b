"""What a run leaves on disk while it goes: the state to go on from, and the best weights."""

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
    """Checkpoints that appear whole or not at all, whenever the process dies."""

    def save_checkpoint(self, checkpoint: Mapping[str, Any], path: str | Path, storage_options: object = None) -> None:
        """Writes under a temporary name, then renames. Raises OSError where there is no room; the last one stays."""
        write = super().save_checkpoint
        _whole_or_not(Path(path), lambda temporary: write(dict(checkpoint), str(temporary), storage_options))


class LastCheckpoint(Checkpoint):
    """The whole state to go on from: every `steps` steps, `seconds` after the last, told to end, and at validations.

    Validations come every `validation` steps. Between the last step before one and its end nothing is saved: Lightning
    would go on without that validation.
    """

    def __init__(self, path: Path, *, steps: int, seconds: float, validation: int) -> None:
        self.path, self.steps, self.seconds, self.validation = path, steps, seconds, validation
        self._saved = time.monotonic()

    def on_train_start(self, _trainer: Trainer, _module: LightningModule) -> None:
        """Starts the clock."""
        self._saved = time.monotonic()

    def on_train_batch_end(
        self, trainer: Trainer, _module: LightningModule, _outputs: object, _batch: object, number: int
    ) -> None:
        """Saves where it is time to, unless a validation comes next."""
        is_late = trainer.received_sigterm or time.monotonic() - self._saved >= self.seconds
        # All processes or none: saving waits for all.
        is_due = trainer.strategy.reduce_boolean_decision(is_late, all=False) or trainer.global_step % self.steps == 0
        if is_due and (number + 1) % self.validation and not trainer.should_stop:
            self._save(trainer)

    def on_validation_end(self, trainer: Trainer, _module: LightningModule) -> None:
        """Saves."""
        self._save(trainer)

    def _save(self, trainer: Trainer) -> None:
        trainer.save_checkpoint(self.path)
        self._saved = time.monotonic()


class Best(Callback):
    """The weights of the validation with the lowest `monitor`, of those that the module counts."""

    def __init__(self, path: Path, *, monitor: str) -> None:
        self.path, self.monitor, self.value = path, monitor, float("inf")

    def on_validation_end(self, trainer: Trainer, module: LightningModule) -> None:
        """Saves where it is the lowest so far."""
        training = cast("TrainingModule", module)
        value = float(trainer.callback_metrics[self.monitor])
        if training.counts and value < self.value:
            self.value = value
            if trainer.is_global_zero:
                weights = training.kept.state_dict()
                self.path.parent.mkdir(parents=True, exist_ok=True)
                _whole_or_not(self.path, lambda temporary: torch.save(weights, temporary))

    def state_dict(self) -> dict[str, Any]:
        """For the checkpoint."""
        return {"value": self.value}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """From the checkpoint."""
        self.value = state_dict["value"]


def _whole_or_not(path: Path, write: Callable[[Path], None]) -> None:
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        write(temporary)
    except (OSError, RuntimeError) as error:
        temporary.unlink(missing_ok=True)
        raise OSError(
            f"{path} could not be written ({error}); what was there stays: make room, then the same with --resume"
        ) from error
    temporary.replace(path)
