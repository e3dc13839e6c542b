"""Names units of work by fingerprints, and checks whether the files that a unit's receipt lists are intact."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from apache_beam.io.filesystems import FileSystems

from pipelines.write.atomic import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping


def fingerprint(facts: object) -> str:
    """Returns a hash of plain data, 16 hexadecimal digits long."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def is_done(receipt: str, *, output: str) -> bool:
    """Returns whether the receipt exists and can be read, and every file that it lists is intact."""
    try:
        return FileSystems.exists(receipt) and all(
            is_there(file, output=output) for file in read_json(receipt)["files"]
        )
    except (ValueError, KeyError, TypeError):
        return False


def with_receipt(path: str) -> tuple[str, dict[str, Any]]:
    """Returns the path of a receipt and its content, so that the end of a job need not open every receipt."""
    return path, read_json(path)


def is_there(file: Mapping[str, Any], *, output: str) -> bool:
    """Returns whether a file exists and has the size that its entry `file` lists."""
    path = f"{output}/{file['path']}"
    try:
        return bool(FileSystems.get_filesystem(path).size(path) == file["bytes"])
    except OSError:
        return False
