"""What a run leaves on disk while it goes: the state to go on from, and the best weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from lightning.pytorch.callbacks import Callback, Checkpoint
from lightning.pytorch.plugins.io import TorchCheckpointIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lightning import LightningModule, Trainer

    from vae.training.module import TrainingModule


class AtomicCheckpoints(TorchCheckpointIO):
    """Checkpoints that appear whole or not at all, whenever the process dies."""

    def save_checkpoint(self, checkpoint: Mapping[str, Any], path: str | Path, storage_options: object = None) -> None:
        """Writes under a temporary name, then renames. Raises OSError where there is no room; the last one stays."""
        write = super().save_checkpoint
        _whole_or_not(Path(path), lambda temporary: write(dict(checkpoint), str(temporary), storage_options))


class LastCheckpoint(Checkpoint):
    """The whole state to go on from: every `steps` steps, and after each validation (every `validation` steps).

    Not between the last step before a validation and its end: Lightning would go on without that validation.
    """

    def __init__(self, path: Path, *, steps: int, validation: int) -> None:
        self.path, self.steps, self.validation = path, steps, validation

    def on_train_batch_end(
        self, trainer: Trainer, _module: LightningModule, _outputs: object, _batch: object, number: int
    ) -> None:
        """Saves unless a validation comes next."""
        if trainer.global_step % self.steps == 0 and (number + 1) % self.validation and not trainer.should_stop:
            trainer.save_checkpoint(self.path)

    def on_validation_end(self, trainer: Trainer, _module: LightningModule) -> None:
        """Saves."""
        trainer.save_checkpoint(self.path)


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
