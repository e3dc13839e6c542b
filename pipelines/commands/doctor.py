"""`blogvae doctor`: checks this machine and this installation, and varies a sentence."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import torch
from packaging.requirements import Requirement

from pipelines.errors import UserError
from pipelines.flags.doctor import COMMAND
from vae.commands.command import main
from vae.hardware import fast_bf16
from vae.limits import usable_cores, usable_memory
from vae.model_folder.shipped import shipped_folder, shipped_models
from vae.text_vae import TextVAE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

LEAST_MEMORY_GB: Final = 4
"""Two workers of augment take 1.6 GB each, and the process that starts them takes less than one (docs/results.md)."""

LEAST_DISK_GB: Final = 2
"""The dataset and the variations of 100,000 posts take as much (README, Sizes)."""

_SENTENCE = "The old kettle in the kitchen takes a long time to boil, so we usually start it before breakfast."


def run(args: argparse.Namespace) -> None:
    """Prints a line for each check.

    Raises:
        UserError: a check failed; the message names all that did.
    """
    failed = []
    for name, found, problem in checks(args.folder):
        print(f"{'!' if problem else ' '} {name:<12}{found}{f'; {problem}' if problem else ''}", flush=True)
        failed += [name] if problem else []
    if failed:
        raise UserError(f"{', '.join(failed)}: see the lines that begin with ! above")


def checks(folder: str) -> Iterator[tuple[str, str, str]]:
    """Yields each check: its name, what was found, and the problem with its remedy, "" if there is none."""
    yield "blogvae", f"{version('blogvae')}, Python {platform.python_version()}, {platform.system()}", ""
    yield "packages", *packages()
    yield "cores", f"{usable_cores():g}, {'' if fast_bf16('cpu') else 'not '}fast in bfloat16", ""
    memory = usable_memory() / 1e9
    yield "memory", f"{memory:.1f} GB", "" if memory >= LEAST_MEMORY_GB else f"jobs need {LEAST_MEMORY_GB} GB"
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "none; train and augment use the CPU"
    yield "GPU", gpu, ""
    yield "disk", *disk(folder)
    for model in shipped_models():
        yield model, *vary_with(model)


def packages() -> tuple[str, str]:
    """Counts the packages that blogvae requires; the problem lists those that are missing or too old."""
    required = [Requirement(line) for line in requires("blogvae") or []]
    wrong = []
    needed = [one for one in required if not one.marker or one.marker.evaluate({"extra": ""})]
    for one in needed:
        try:
            installed = version(one.name)
        except PackageNotFoundError:
            installed = ""
        if not installed or not one.specifier.contains(installed, prereleases=True):
            wrong.append(f"{one} is {installed or 'missing'}")
    return f"{len(needed)} required", f"{', '.join(wrong)}: pip install --upgrade blogvae" if wrong else ""


def disk(folder: str) -> tuple[str, str]:
    """Returns the free space of the disk that holds a folder, or would hold it."""
    path = Path(folder).absolute()
    held = next(each for each in (path, *path.parents) if each.exists())
    free = shutil.disk_usage(held).free / 1e9
    enough = os.access(held, os.W_OK) and free >= LEAST_DISK_GB
    return f"{free:.1f} GB free in {folder}", "" if enough else f"outputs need {LEAST_DISK_GB} GB where you may write"


def vary_with(model: str) -> tuple[str, str]:
    """Checks the files of a shipped model, and varies a sentence with it."""
    try:
        started = time.perf_counter()
        loaded = TextVAE.load(str(shipped_folder(model)))
        variations = loaded.vary([_SENTENCE], n=1, at_least=0.0)
    except UserError as error:
        return "broken", str(error)
    seconds = time.perf_counter() - started
    if not variations or not variations[0]:
        return "no variation came out", "install blogvae again"
    return f"varies a sentence, {seconds:.1f} s with loading", ""


if __name__ == "__main__":
    sys.exit(main(COMMAND))
