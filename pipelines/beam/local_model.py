"""Loads a model on this machine's device, after copying its folder here if it is remote."""

from __future__ import annotations

import gc
import shutil
import tempfile
from functools import cache
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from apache_beam.io.filesystems import FileSystems

from pipelines.beam.devices import AUTO, available_device
from pipelines.errors import UserError
from vae.model_folder.shipped import shipped_folder

if TYPE_CHECKING:
    from vae.text_vae import TextVAE

FILES = ("config.json", "tokenizer/spm.model", "calibration.json")
WEIGHTS = "model.safetensors"
_PARTS = "model-{}.safetensors"
"""Files that some models have instead of WEIGHTS, numbered from 0."""

FILES_OF_SOME = ("constraints.safetensors", "ngrams.safetensors", "spans.safetensors")
"""Files that only some models have, and that their config.json lists; the last two only models of release 0.1."""

SHIPPED_PREFIX = "shipped://"
"""Marks the name of a shipped model where a manifest records the model's folder."""


def local_model(path: str) -> str:
    """Returns a local folder of the model: the given one, that of a shipped model, or a copy of a remote one.

    The copy has the files that loading needs, and is removed when the process ends. Workers get the name of a shipped
    model, and find its folder in their own installation of blogvae.

    Raises:
        UserError: a file of the model is missing.
    """
    shipped = shipped_folder(path)
    if shipped:
        return str(shipped)
    return _fetched(path).name if "://" in path else path


@cache
def _fetched(path: str) -> tempfile.TemporaryDirectory[str]:
    """Copies a remote model, once in a process; the copy is removed at the process's end."""
    copy = tempfile.TemporaryDirectory(prefix="blogvae-model-")
    folder, remote = copy.name, path.rstrip("/")
    optional = [name for name in FILES_OF_SOME if FileSystems.exists(f"{remote}/{name}")]
    for name in (*FILES, *_weights(remote), *optional):
        try:
            fetch_file(f"{remote}/{name}", Path(folder, name))
        except FileNotFoundError as error:  # noqa: PERF203  (the message names the file)
            copy.cleanup()
            raise UserError(f"{path} holds no trained model: {name} is missing") from error
    return copy


def fetch_file(remote: str, target: Path) -> None:
    """Copies a file of any filesystem that Beam knows to a local path. Raises OSError."""
    target.parent.mkdir(exist_ok=True)
    with FileSystems.open(remote) as file, target.open("wb") as copy:
        shutil.copyfileobj(file, copy)


def _weights(folder: str) -> list[str]:
    """Returns the names of the files that hold a model's weights."""
    parts = takewhile(lambda name: FileSystems.exists(f"{folder}/{name}"), map(_PARTS.format, count()))
    return list(parts) or [WEIGHTS]


@cache
def loaded_model(path: str, device: str = AUTO) -> TextVAE:
    """Loads the model, once in a process, and limits PyTorch to one thread.

    The rounding of a matrix product may depend on the number of threads.

    Raises:
        UserError: the model or the device does not exist.
    """
    import torch  # noqa: PLC0415  (as above)

    from vae.hardware import keep_freed_memory  # noqa: PLC0415
    from vae.text_vae import TextVAE  # noqa: PLC0415

    torch.set_num_threads(1)
    keep_freed_memory()
    model = TextVAE.load(local_model(path), device=available_device(device))
    gc.freeze()  # so that collections leave out the objects of torch and of the model, which stay
    return model
