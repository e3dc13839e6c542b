"""Whose run a model folder holds: a run goes on with its own, and drops another's only with --overwrite."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from vae.errors import UserError
from vae.training.ranks import rank

if TYPE_CHECKING:
    from pathlib import Path

OWN = (
    *("metrics.json", "config.json", "model.safetensors", "calibration.json", "curves.png"),
    *("constraints.safetensors", "README.md", "tokenizer", "logs", "checkpoints"),
)
"""All files of a model folder, which --overwrite removes in this order."""


def is_done(folder: Path, plan: str) -> bool:
    """Returns whether the folder holds the finished model of this plan."""
    try:
        return bool(json.loads((folder / "metrics.json").read_text())["plan"] == plan)
    except (OSError, ValueError, KeyError):
        return False


def _is_ours(folder: Path, plan: str) -> bool:
    """Returns whether the folder holds a started run with this plan."""
    try:
        return (folder / "checkpoints" / "plan.txt").read_text() == plan
    except FileNotFoundError:  # there is no run, or another process is removing it
        return False


def refuse_other_run(folder: Path, plan: str, *, resume: bool, overwrite: bool) -> None:
    """Raises UserError if the folder holds a model or a run, and no flag allows to go on with it or to remove it."""
    ours = _is_ours(folder, plan)
    held = [name for name in OWN if (folder / name).exists()]
    if held and not overwrite and not (resume and ours) and rank() == 0:
        remedy = "--resume goes on with it" if ours else "it is of other settings or data"
        raise UserError(f"{folder} holds a model or a started run ({held[0]}): {remedy}, --overwrite drops it")


def claim(folder: Path, plan: str, *, resume: bool, overwrite: bool) -> bool:
    """Claims the folder for this run, and returns whether to go on with a run that it holds.

    Raises:
        UserError: as `refuse_other_run`.
    """
    refuse_other_run(folder, plan, resume=resume, overwrite=overwrite)
    if resume and _is_ours(folder, plan):
        return True
    if rank() > 0:
        return False
    for name in OWN:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    mark = folder / "checkpoints" / "plan.txt"
    mark.parent.mkdir(parents=True)
    mark.write_text(plan)
    return False
