"""Copies a remote folder of latents to this machine, since `vae` reads local files only."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.beam.local_model import fetch_file
from pipelines.errors import UserError
from pipelines.write.manifest import MANIFEST

if TYPE_CHECKING:
    from vae.variation.sampling import Sampling


def with_local_partners(sampling: Sampling) -> Sampling:
    """Returns the sampling with a local folder of partners: the given one, or a copy of a remote one.

    The copy is made once in a process, and is removed when the process ends.

    Raises:
        UserError: a file of the latents is missing.
    """
    if sampling.partners is None or "://" not in sampling.partners:
        return sampling
    return replace(sampling, partners=_fetched(sampling.partners.rstrip("/")).name)


@cache
def _fetched(remote: str) -> tempfile.TemporaryDirectory[str]:
    copy = tempfile.TemporaryDirectory(prefix="blogvae-latents-")
    folder = Path(copy.name)
    try:
        fetch_file(f"{remote}/{MANIFEST}", folder / MANIFEST)
        for file in json.loads((folder / MANIFEST).read_text())["files"]:
            if file["path"].startswith(("part-", "posts/")):
                fetch_file(f"{remote}/{file['path']}", folder / file["path"])
    except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
        copy.cleanup()
        raise UserError(f"{remote} holds no latents: run `blogvae encode` to its end ({error})") from error
    return copy
