"""What tells work of this blogvae from that of another one: the contents of its code."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKAGES: Final = tuple(Path(__file__).parents[2] / name for name in ("pipelines", "tokenizer", "vae"))


@cache
def code_version() -> str:
    """Of this blogvae. Whatever a job keeps below `.work` follows from it: with another one all is done anew.

    It is asked once, where the job is started, and handed to the workers in the names of their units.
    """
    return contents_hash(_PACKAGES)


def contents_hash(folders: Iterable[Path]) -> str:
    """Of the names and bytes of all files in folders, but what Python makes of them."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            name, data = path.relative_to(folder.parent).as_posix(), path.read_bytes()
            digest.update(f"{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()
