"""A model folder on this machine's disk, fetched where it lies elsewhere."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import torch
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from vae.freed_memory import keep_freed_memory
from vae.text_vae import TextVAE

FILES = ("config.json", "model.safetensors", "tokenizer/spm.model", "calibration.json", "lexicon.safetensors")


def local_model(path: str) -> str:
    """The folder itself when it is local, else a temporary copy of what loading needs.

    Raises:
        UserError: a file of the model is missing there.
    """
    if "://" not in path:
        return path
    folder = tempfile.mkdtemp(prefix="blogvae-model-")
    for name in FILES:
        target = Path(folder, name)
        target.parent.mkdir(exist_ok=True)
        try:
            with FileSystems.open(f"{path.rstrip('/')}/{name}") as file:
                target.write_bytes(file.read())
        except OSError as error:
            raise UserError(f"{path} holds no trained model: {name} is missing") from error
    return folder


@cache
def loaded_model(path: str) -> TextVAE:
    """The model, once a process. One thread: the rounding of a matrix product may depend on their number."""
    torch.set_num_threads(1)
    keep_freed_memory()
    return TextVAE.load(local_model(path), device="cuda" if torch.cuda.is_available() else "cpu")
