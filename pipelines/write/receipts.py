"""What a unit of work is named by, and whether the files that its receipt lists are there as they were written."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems

from pipelines.write.atomic import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping


def fingerprint(facts: object) -> str:
    """A short hash of plain data."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def is_done(receipt: str, *, output: str) -> bool:
    """Whether there is such a receipt that can be read, and every file that it lists."""
    try:
        return FileSystems.exists(receipt) and all(
            is_there(file, output=output) for file in read_json(receipt)["files"]
        )
    except (ValueError, KeyError, TypeError):
        return False


def is_there(file: Mapping[str, Any], *, output: str) -> bool:
    """Whether a file that was written is there and was not cut short."""
    path = f"{output}/{file['path']}"
    try:
        return bool(FileSystems.get_filesystem(path).size(path) == file["bytes"])
    except BeamIOError:
        return False
