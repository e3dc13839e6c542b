"""A model folder on this machine's disk, fetched where it lies elsewhere, and the model on its device."""

from __future__ import annotations

import tempfile
from functools import cache
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from vae.model_folder.shipped import shipped_folder

if TYPE_CHECKING:
    from vae.text_vae import TextVAE

FILES = ("config.json", "tokenizer/spm.model", "calibration.json")
WEIGHTS = "model.safetensors"
_PARTS = "model-{}.safetensors"
"""Numbered from 0, instead of WEIGHTS."""

FILES_OF_SOME = ("constraints.safetensors", "ngrams.safetensors", "spans.safetensors")
"""What config.json vouches for, too, in a model that has it; the last two in models of release 0.1 alone."""

SHIPPED_PREFIX = "shipped://"
"""Stands before the name of a model that ships where a manifest tells folders."""

AUTO, CPU, CUDA = "auto", "cpu", "cuda"
DEVICES = (AUTO, CPU, CUDA)


def local_model(path: str) -> str:
    """The folder itself when it is local, that of a model that ships, else a copy of what loading needs.

    The copy goes when the process ends. Workers are given the name of a model that ships, and find it where blogvae is
    installed on them.

    Raises:
        UserError: a file of the model is missing there.
    """
    shipped = shipped_folder(path)
    if shipped:
        return str(shipped)
    return _fetched(path).name if "://" in path else path


@cache
def _fetched(path: str) -> tempfile.TemporaryDirectory[str]:
    """A copy of a remote model, made once a process and removed at its end."""
    copy = tempfile.TemporaryDirectory(prefix="blogvae-model-")
    folder, remote = copy.name, path.rstrip("/")
    some = [name for name in FILES_OF_SOME if FileSystems.exists(f"{remote}/{name}")]
    for name in (*FILES, *_weights(remote), *some):
        target = Path(folder, name)
        target.parent.mkdir(exist_ok=True)
        try:
            with FileSystems.open(f"{remote}/{name}") as file:
                target.write_bytes(file.read())
        except OSError as error:
            copy.cleanup()
            raise UserError(f"{path} holds no trained model: {name} is missing") from error
    return copy


def _weights(folder: str) -> list[str]:
    """Names of the files that hold a model's weights."""
    parts = takewhile(lambda name: FileSystems.exists(f"{folder}/{name}"), map(_PARTS.format, count()))
    return list(parts) or [WEIGHTS]


def available_device(wanted: str) -> str:
    """The device that one of DEVICES is on this machine: auto is the GPU where there is one.

    Raises:
        UserError: a GPU is asked for and absent; the CPU does not stand in for it.
    """
    import torch  # noqa: PLC0415  (slow to import, --help should not wait)

    if wanted == CPU:
        return CPU
    if torch.cuda.is_available():
        return CUDA
    if wanted == CUDA:
        raise UserError(
            "--device cuda: PyTorch finds no GPU here; use --device cpu, or a machine and a torch with CUDA"
        )
    return CPU


@cache
def loaded_model(path: str, device: str = AUTO) -> TextVAE:
    """The model, once a process. One thread: the rounding of a matrix product may depend on their number.

    Raises:
        UserError: there is no such model, or not the device.
    """
    import torch  # noqa: PLC0415  (as above)

    from vae.hardware import keep_freed_memory  # noqa: PLC0415
    from vae.text_vae import TextVAE  # noqa: PLC0415

    torch.set_num_threads(1)
    keep_freed_memory()
    return TextVAE.load(local_model(path), device=available_device(device))
