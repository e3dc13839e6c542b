"""Hashes the code of blogvae, so that files from another version of it are not mistaken for current ones."""

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
    """Returns the hash of this version's code. A job with another version uses nothing that is kept below `.work`.

    It is computed once, where the job starts, and reaches the workers in the names of their units.
    """
    return contents_hash(_PACKAGES)


def contents_hash(folders: Iterable[Path]) -> str:
    """Returns the SHA-256 of the names and bytes of all files in the folders, except compiled Python files."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            name, data = path.relative_to(folder.parent).as_posix(), path.read_bytes()
            digest.update(f"{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()
