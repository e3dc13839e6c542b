"""One training run: Lightning's loop with our checkpoints, history and early stop."""

from __future__ import annotations

import logging
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import lightning
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint, TQDMProgressBar
from lightning.pytorch.loggers import TensorBoardLogger

from vae.training.callbacks import AtomicCheckpoints, EarlyStop, EpochLine, History, LastCheckpoint, Speed
from vae.training.module import TrainingModule

if TYPE_CHECKING:
    from pathlib import Path

    from vae.models.recurrent import RecurrentVAE
    from vae.settings import Settings, TrainingSettings
    from vae.training.batches import Batches

CHECKPOINT_STEPS = 200
VALIDATION_STEPS = 1000
"""A validation at least this often, and one at the end of each epoch shorter than this."""
LAST, BEST = "last.ckpt", "best.ckpt"


@dataclass(frozen=True)
class Fitted:
    """What a run leaves beside the model's best weights."""

    history: list[dict[str, float]]
    tokens_per_second: float


def fit(
    model: RecurrentVAE, settings: Settings, *, train: Batches, validation: Batches, folder: Path, resume: bool
) -> Fitted:
    """Trains `model` in place and leaves it with its best weights.

    A run killed at any moment and resumed ends, on a CPU, with the weights of an unbroken one.
    """
    training = settings.training
    checkpoints = folder / "checkpoints"
    history, speed = History(), Speed()
    validation_steps = min(len(train), VALIDATION_STEPS)
    callbacks: list[Callback] = [
        history,
        speed,
        EarlyStop("val_objective", patience=training.patience, check_finite=True),
        ModelCheckpoint(
            checkpoints, filename=BEST.removesuffix(".ckpt"), monitor="val_objective", enable_version_counter=False
        ),
        LastCheckpoint(checkpoints / LAST, steps=CHECKPOINT_STEPS, validation=validation_steps),
        TQDMProgressBar(leave=True) if sys.stderr.isatty() else EpochLine(),
    ]
    _quieten()
    trainer = lightning.Trainer(
        max_epochs=training.epochs,
        accelerator="auto",
        devices=1,
        precision=_precision(training),
        gradient_clip_val=training.clip,
        logger=TensorBoardLogger(str(folder), name="logs", version=""),
        callbacks=callbacks,
        plugins=[AtomicCheckpoints()],
        val_check_interval=validation_steps,
        num_sanity_val_steps=0,
        log_every_n_steps=10,
        enable_progress_bar=sys.stderr.isatty(),
        enable_model_summary=False,
    )
    module = TrainingModule(model, settings, total_steps=training.epochs * len(train))
    last = checkpoints / LAST
    # Our own checkpoints hold Lightning's loop state beside tensors; a model is shared as safetensors only.
    trainer.fit(
        module, train, validation, ckpt_path=str(last) if resume and last.exists() else None, weights_only=False
    )
    best = torch.load(checkpoints / BEST, map_location="cpu", weights_only=False)
    module.load_state_dict(best["state_dict"])
    return Fitted(history.rows, speed.tokens_per_second)


def _precision(training: TrainingSettings) -> Literal["32-true", "bf16-mixed"]:
    if training.precision != "auto":
        return training.precision
    if torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "32-true"
    capabilities = torch.backends.cpu.get_cpu_capability()
    fast = torch.cpu._is_amx_tile_supported() or (capabilities == "AVX512" and torch.cpu._is_avx512_bf16_supported())  # noqa: SLF001
    return "bf16-mixed" if fast else "32-true"


def _quieten() -> None:
    # Its tips and its warnings about loader workers are for programs that use its defaults.
    for name in ("lightning", "lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")
