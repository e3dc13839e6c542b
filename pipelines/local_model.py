"""A model folder on this machine's disk, fetched where it lies elsewhere."""

from __future__ import annotations

import tempfile
from pathlib import Path

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError

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
