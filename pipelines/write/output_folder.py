"""Reads --output, the folder that a job writes to."""

from __future__ import annotations

import re

from apache_beam.io.filesystems import FileSystems

from pipelines.beam.file_systems import absolute_path
from pipelines.errors import UserError

_GLOB = re.compile(r"[*?\[\]]")


def output_folder(flag: str) -> str:
    """Returns the absolute path of the folder, without a slash at its end.

    Raises:
        UserError: the folder is empty or the root, contains characters of a glob, or is on an unsupported filesystem.
    """
    folder = flag.rstrip("/")
    if not folder:
        raise UserError(f"--output {flag!r}: name a folder below the root")
    if _GLOB.search(folder):
        raise UserError(f"--output {flag}: a folder to write to has none of * ? [ ] in its path")
    try:
        FileSystems.get_filesystem(folder)
    except ValueError as error:
        raise UserError(
            f"--output {flag}: no such kind of path here; for gs:// install blogvae[gcp], for s3:// blogvae[aws]"
        ) from error
    return absolute_path(folder)
