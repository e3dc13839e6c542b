"""The folder that a job writes to, as its flag names it."""

from __future__ import annotations

import re

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError

_GLOB = re.compile(r"[*?\[\]]")


def output_folder(flag: str) -> str:
    """The folder without a slash at its end.

    Raises:
        UserError: it is empty or the root, holds a glob's characters, or is of a filesystem that is not known here.
    """
    folder = flag.rstrip("/")
    if not folder:
        raise UserError(f"--output {flag!r}: name a folder below the root")
    if _GLOB.search(folder):
        raise UserError(f"--output {flag}: a folder to write to has none of * ? [ ] in its path")
    try:
        FileSystems.get_filesystem(folder)
    except ValueError as error:
        raise UserError(f"--output {flag}: no such kind of path here; for gs:// install blogvae[gcp]") from error
    return folder
