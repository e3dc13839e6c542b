"""The work units of a prepare job: runs of small files or one export, named by what is in them."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apache_beam.io.filesystems import FileSystems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.read.inputs import InputFile

UNIT_BYTES = 32 << 20
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class WorkUnit:
    """Files that one worker reads one after the other; `fingerprint` follows from their names and contents."""

    fingerprint: str
    files: tuple[InputFile, ...]


def plan_units(files: Sequence[InputFile], *, settings: dict[str, Any]) -> list[WorkUnit]:
    """Cuts the sorted listing into units of about UNIT_BYTES; an export is a unit of its own.

    The plan depends on names, contents and settings alone. Every file is read once, for its hash.
    """
    with ThreadPoolExecutor(max_workers=8) as pool:
        hashes = dict(zip((file.path for file in files), pool.map(_content_sha256, files), strict=True))
    return [
        WorkUnit(fingerprint=fingerprint([settings, [(f.name, hashes[f.path]) for f in group]]), files=tuple(group))
        for group in _groups(files)
    ]


def fingerprint(facts: object) -> str:
    """A short hash of plain data."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _groups(files: Sequence[InputFile]) -> Iterable[list[InputFile]]:
    group: list[InputFile] = []
    for file in files:
        alone = file.kind != "text"
        if group and (alone or sum(each.size for each in group) + file.size > UNIT_BYTES):
            yield group
            group = []
        if alone:
            yield [file]
        else:
            group.append(file)
    if group:
        yield group


def _content_sha256(file: InputFile) -> str:
    digest = hashlib.sha256()
    try:
        with FileSystems.open(file.path) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        # The reader meets the same file again and rejects it with the reason.
        digest.update(b"unreadable")
    return digest.hexdigest()
