from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from apache_beam.io.filesystem import BeamIOError, FileMetadata
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS: Final = {
    ".txt": "text",
    ".md": "text",
    ".html": "text",
    ".htm": "text",
    ".csv": "csv",
    ".tsv": "csv",
}
"""What reads a file, by its suffix."""

_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """A file to read: its path, a name that is unique among the inputs and the same on every machine, its bytes."""

    path: str
    name: str
    size: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class SkippedFile:
    """A file of a kind that is not read."""

    path: str
    suffix: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The files found, each once, sorted by path."""

    files: tuple[InputFile, ...]
    skipped: tuple[SkippedFile, ...]


def list_inputs(patterns: Sequence[str]) -> Listing:
    """Lists files, folders (with all below them) and globs, on any filesystem Beam knows.

    A file is named by its path below its input, with '/'. Where two inputs hold the same name, the names of the
    folders above are put before both until they differ.

    Raises:
        UserError: a pattern matches nothing, or nothing of a kind that is read.
    """
    files: dict[str, FileMetadata] = {}
    depths: dict[str, int] = {}
    for pattern in patterns:
        root, found = _match(pattern)
        if not any(_suffix(file.path) in KINDS for file in found):
            raise UserError(_nothing_to_read(pattern, found))
        for file in found:
            files[file.path] = file
            depths.setdefault(file.path, file.path.removeprefix(root).strip("/").count("/") + 1)
    paths = sorted(files)
    names = _unique_names({path: depths[path] for path in paths if _suffix(path) in KINDS})
    return Listing(
        files=tuple(
            InputFile(path=path, name=name, size=files[path].size_in_bytes, kind=KINDS[_suffix(path)])
            for path, name in names.items()
        ),
        skipped=tuple(SkippedFile(path=path, suffix=_suffix(path)) for path in paths if path not in names),
    )


def _match(pattern: str) -> tuple[str, list[FileMetadata]]:
    """The root that names are relative to, and the files found."""
    try:
        if _GLOB.search(pattern) and not FileSystems.exists(pattern):
            fixed, slash, _ = _GLOB.split(pattern, maxsplit=1)[0].rpartition("/")
            return (fixed, _files(pattern)) if slash else (".", _files(f"./{pattern}"))
        root = pattern.rstrip("/")
        literal = _GLOB.sub("?", root)  # Beam's globs know no quoting
        below = [file for file in _files(f"{literal}/**") if file.path.startswith(f"{root}/")]
        return (root, below) if below else (root.rpartition("/")[0], [f for f in _files(literal) if f.path == root])
    except BeamIOError as error:
        raise UserError(f"{pattern}: cannot be listed ({error}); check the path and your access to it") from error
    except ValueError as error:
        raise UserError(f"{pattern}: no such kind of path here; for gs:// install blogvae[gcp]") from error


def _files(pattern: str) -> list[FileMetadata]:
    found: list[FileMetadata] = FileSystems.match([pattern])[0].metadata_list
    return found


def _nothing_to_read(pattern: str, found: list[FileMetadata]) -> str:
    if not found:
        return f"{pattern}: no such file, folder or match; check --input"
    suffixes = ", ".join(sorted({_suffix(file.path) for file in found} - {""})) or "nothing"
    return f"{pattern}: nothing to read (found: {suffixes}); give a place with {' '.join(KINDS)} files"


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _unique_names(depths: dict[str, int]) -> dict[str, str]:
    """Each path's last parts, as many as its depth, and one more and more while two paths share them."""
    parts = {path: path.split("/") for path in depths}
    names = {path: "/".join(parts[path][-depth:]) for path, depth in depths.items()}
    while len(set(names.values())) < len(names):
        holders = Counter(names.values())
        for path, name in names.items():
            if holders[name] > 1:
                depths[path] += 1
                names[path] = "/".join(parts[path][-depths[path] :])
    return names
