"""The models that ship with blogvae: finds the folder of a model by its name, and checks its files."""

from __future__ import annotations

import hashlib
import logging
import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from vae.errors import UserError

if TYPE_CHECKING:
    import argparse

log = logging.getLogger("blogvae")

_INSTALLED = Path(__file__).parents[1] / "shipped_models"

SHIPPED_MODELS = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[2] / "data" / "models"
"""The folder of the models that ship: data/models in a checkout, which setup.py installs as vae/shipped_models."""

CHECKSUMS = "SHA256SUMS"
"""The file with the hashes of all other files in a model's folder, as `sha256sum` writes and checks them."""

_SUM = re.compile(r"^([0-9a-f]{64}) [ *](.+)$", re.MULTILINE)


def add_model_argument(parser: argparse.ArgumentParser) -> None:
    """Adds the flag --model to a command that uses a trained model."""
    parser.add_argument(
        "--model",
        required=True,
        metavar="MODEL",
        help="a folder written by train, or the name of a model that ships, like base-en",
    )


def shipped_models() -> list[str]:
    """Returns the names of the models that ship, sorted."""
    return sorted(path.name for path in SHIPPED_MODELS.glob("*") if _holds_model(path))


def is_shipped(model: str | Path) -> bool:
    """Returns whether this is the name of a model that ships. `./base-en` and any `Path` are paths, not names."""
    return isinstance(model, str) and model in shipped_models()


def shipped_folder(model: str | Path) -> Path | None:
    """Returns the folder of the model that ships under this name after a check of its files; None for anything else.

    Raises:
        UserError: a file is missing or not the one that ships, or `model` is a misspelt name and no folder.
    """
    if is_shipped(model):
        if Path(model).exists():
            log.warning("%s is the model that ships with blogvae; write ./%s for what lies here", model, model)
        check_files(SHIPPED_MODELS / model)
        return SHIPPED_MODELS / model
    is_name = isinstance(model, str) and Path(model).name == model
    near = get_close_matches(str(model), shipped_models(), n=1) if is_name else []
    if near and not Path(model).exists():
        raise UserError(f"no folder {model}; did you mean {near[0]}, which ships with blogvae?")
    return None


def tokenizer_of(model: str | Path) -> str:
    """Returns the value of `prepare --tokenizer` with which posts are cut as this model cuts them."""
    return str(model) if is_shipped(model) else f"{model}/tokenizer/spm.model"


def _holds_model(folder: Path) -> bool:
    """Returns whether a folder holds a model, even one whose files are missing.

    The sentence encoder ships in the same place, and is no model.
    """
    sums = (folder / CHECKSUMS).read_text() if (folder / CHECKSUMS).is_file() else ""
    return folder.is_dir() and ("config.json" in sums or (folder / "config.json").is_file())


def check_files(folder: Path) -> None:
    """Checks the files of a folder that ships against its hashes.

    Raises:
        UserError: a file, or the file with the hashes, is missing or not the one that ships.
    """
    sums = _SUM.findall((folder / CHECKSUMS).read_text()) if (folder / CHECKSUMS).is_file() else []
    for sha256, name in sums or [("", CHECKSUMS)]:
        if not (folder / name).is_file() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != sha256:
            raise UserError(
                f"{folder / name} is missing or not the file that ships; "
                "restore it (git checkout, git lfs pull), or install blogvae again"
            )
