"""Replaces a file whole or not at all, and keeps a folder for one writer at a time."""

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
    """Replaces the text of a file; a reader finds the old text or the new one, never a part.

    The new text is written under another name, which is then renamed.
    """
    temporary = path.with_name(f"{path.name}.temporary-{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def only_writer_to(folder: Path) -> Iterator[None]:
    """Holds the folder's lock; `pipelines` holds the same one while it writes to a folder.

    Raises:
        UserError: another process holds the lock.
    """
    try:
        with FileLock(folder / ".lock", timeout=0):
            yield
    except Timeout as error:
        raise UserError(f"another run is writing to {folder}; wait for it") from error
