"""Runs one training: Lightning's loop with blogvae's checkpoints, history and early stopping."""

from __future__ import annotations

import logging
import os
import warnings
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import lightning
import torch
from lightning.pytorch.loggers import TensorBoardLogger

from vae.errors import UserError
from vae.hardware import fast_bf16
from vae.log_lines import shows_progress
from vae.training.callbacks import EarlyStop, EpochLine, History, Samples, Speed
from vae.training.checkpoints import AtomicCheckpoints, Best, LastCheckpoint
from vae.training.distributed import SharedBatches
from vae.training.progress import StepLine, TrainingBar
from vae.training.ranks import world_size
from vae.training.training_module import TrainingModule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lightning.pytorch.callbacks import Callback
    from torch import Tensor

    from vae.models.vae import VAE
    from vae.settings import Settings, TrainingSettings

CHECKPOINT_STEPS, CHECKPOINT_SECONDS = 200, 45
"""A checkpoint is written after so many steps, or after so many seconds, whichever comes first.

With the seconds before the first step, the first checkpoint of `small` is there within a minute."""

VALIDATION_STEPS = 1000
"""A validation is made after so many steps, at the end of each epoch that is shorter, and at the very end."""

MONITORS = {"objective": "val_objective", "elbo": "val_elbo_loss", "nll_iw": "val_nll_iw"}
"""For each `training.monitor` the logged value by which early stopping and the best weights are decided."""

_LAST, _BEST = "last.ckpt", "best.pt"


@dataclass(frozen=True)
class Fitted:
    """What a run returns: the logged values of each validation, the step of the best one, and the speed."""

    history: list[dict[str, float]]
    best_step: int
    tokens_per_second: float


def fit(
    model: VAE[Any],
    settings: Settings,
    *,
    train: Any,
    validation: Any,
    folder: Path,
    resume: bool,
    constraints: Tensor | None = None,
    show: Callable[[VAE[Any], Any], str] | None = None,
) -> Fitted:
    """Trains `model` in place and leaves it with its best weights.

    On a CPU, a run that was killed at any moment and resumed ends with the same weights as an unbroken one.

    Args:
        model: a VAE of any family.
        settings: of the objective and of training.
        train: batches that have a length and, for resuming, a state: `Batches` or `ArrayBatches`.
        validation: the same, in a fixed order.
        folder: gets the folders checkpoints/ and logs/.
        resume: whether to go on from the last checkpoint, if there is one.
        constraints: the latents of constraint texts, (m, slots, dim).
        show: makes the Markdown that TensorBoard shows of the model and a validation batch.

    Raises:
        UserError: a single text or a validation does not fit the memory, or the settings ask for Muon in vain.
        FloatingPointError: the loss is not finite.
        OSError: a checkpoint cannot be written.
        KeyboardInterrupt: the user interrupted the run, or the system ended it (SIGTERM).
    """
    training = settings.training
    checkpoints = folder / "checkpoints"
    history, speed = History(), Speed()
    total_steps = _total_steps(training, len(train))
    validation_steps = min(len(train), VALIDATION_STEPS, total_steps)
    best = Best(checkpoints / _BEST, monitor=MONITORS[training.monitor])
    logger = TensorBoardLogger(str(folder), name="logs", version="", default_hp_metric=False)
    callbacks: list[Callback] = [
        history,
        speed,
        EarlyStop(MONITORS[training.monitor], patience=training.patience),
        best,
        LastCheckpoint(
            checkpoints / _LAST, steps=CHECKPOINT_STEPS, seconds=CHECKPOINT_SECONDS, validation=validation_steps
        ),
        *([TrainingBar()] if shows_progress() else [EpochLine(), StepLine()]),
        *([Samples(show)] if show else []),
    ]
    _quieten()
    trainer = lightning.Trainer(
        max_epochs=None if training.steps else training.epochs,
        max_steps=total_steps,
        accelerator="cuda" if torch.cuda.is_available() else "cpu",
        devices=int(os.environ.get("LOCAL_WORLD_SIZE", "1")),
        num_nodes=world_size() // int(os.environ.get("LOCAL_WORLD_SIZE", "1")),
        strategy=SharedBatches() if world_size() > 1 else "auto",
        precision=_precision(training),
        logger=logger,
        callbacks=callbacks,
        plugins=[AtomicCheckpoints()],
        val_check_interval=validation_steps,
        num_sanity_val_steps=0,
        log_every_n_steps=10,
        enable_progress_bar=shows_progress(),
        enable_model_summary=False,
        use_distributed_sampler=False,
    )
    module = TrainingModule(
        model,
        settings,
        total_steps=total_steps,
        constraints=constraints,
        locate=getattr(train, "locate", str),
    )
    compiles = training.compile == "yes" or (training.compile == "auto" and torch.cuda.is_available())
    last = checkpoints / _LAST
    # Checkpoints hold Lightning's loop state beside tensors, hence weights_only=False; models are safetensors.
    try:
        with model.compiled() if compiles else nullcontext():
            trainer.fit(
                module, train, validation, ckpt_path=str(last) if resume and last.exists() else None, weights_only=False
            )
    except torch.OutOfMemoryError as error:
        raise UserError("a validation does not fit the memory: lower training.batch_pieces") from error
    except SystemExit as error:  # Lightning raises it on SIGINT and SIGTERM
        raise KeyboardInterrupt(_interrupted(last)) from error
    trainer.strategy.barrier()
    logger.log_hyperparams(settings.as_dict(), {f"best_{best.monitor}": best.value}, best.step)
    logger.experiment.flush()
    model.load_state_dict(torch.load(checkpoints / _BEST, map_location="cpu", weights_only=True))
    return Fitted(history.rows, best.step, speed.tokens_per_second)


def _interrupted(last: Path) -> str:
    """Returns the message for a run that was interrupted, which says where --resume goes on."""
    if last.exists():
        return "interrupted; the same with --resume goes on from the last checkpoint"
    return "interrupted before the first checkpoint; the same with --resume begins anew"


def _total_steps(training: TrainingSettings, batches: int) -> int:
    whole = training.epochs * batches
    return training.steps or min(whole, training.max_steps or whole)


def _precision(training: TrainingSettings) -> Literal["32-true", "bf16-mixed"]:
    if training.precision != "auto":
        return training.precision
    return "bf16-mixed" if fast_bf16("cuda" if torch.cuda.is_available() else "cpu") else "32-true"


def _quieten() -> None:
    # Lightning's tips and its warnings about loader workers do not apply to these batches.
    for name in ("lightning", "lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")
