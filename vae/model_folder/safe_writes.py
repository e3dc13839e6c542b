"""A file that is replaced whole or not at all, and a folder that one process at a time writes to."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from vae.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Writes under another name, then renames: whoever reads it meets the old text or the new one."""
    temporary = path.with_name(f"{path.name}.temporary-{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def only_writer_to(folder: Path) -> Iterator[None]:
    """Holds the folder's lock, the one that `pipelines` holds while it writes to a folder.

    Raises:
        UserError: another process holds it.
    """
    try:
        with FileLock(folder / ".lock", timeout=0):
            yield
    except Timeout as error:
        raise UserError(f"another run is writing to {folder}; wait for it") from error
