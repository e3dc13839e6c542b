from __future__ import annotations

import os
import re
import stat
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from apache_beam.io.filesystem import BeamIOError, FileMetadata
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.read.archive import list_members
from pipelines.read.kinds import ARCHIVE, KINDS, UNREADABLE, kind_of, suffix_of
from pipelines.read.own_folders import only_posts
from pipelines.read.source import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_FILE: Final = "pipe or device"
"""The kind of what would be waited for, or never ends."""

_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """A file to read, plain or compressed, or a member of a .zip.

    Attributes:
        path: where the file, or the .zip that holds it, is.
        name: unique among the inputs and the same on every machine: `posts.csv.gz`, `export.zip/posts.csv`.
        size: its bytes as they are stored; of a member, decompressed.
        kind: what reads it: a value of `KINDS`, or `UNREADABLE`.
        compression: '', 'gz' or 'zst'.
        member: its name in the .zip, '' if it is in none.
        refused: why nothing can be read from it, '' of any other: its one reject tells.
        content_kind: what the contents of all its posts are written in, '' where each post tells of its own.
    """

    path: str
    name: str
    size: int
    kind: str
    compression: str = ""
    member: str = ""
    refused: str = ""
    content_kind: str = ""


@dataclass(frozen=True, kw_only=True)
class SkippedFile:
    """A file of a kind that is not read: its suffix, '' if it has none, or `NO_FILE`."""

    path: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The files found, each once, sorted by path, a .zip's members by its own."""

    files: tuple[InputFile, ...]
    skipped: tuple[SkippedFile, ...]


def list_inputs(patterns: Sequence[str]) -> Listing:
    """Lists files, folders (with all below them) and globs, on any filesystem Beam knows.

    A file is named by its path below its input, with '/'. Where two inputs hold the same name, the names of the
    folders above are put before both until they differ. Of a folder that this package wrote, the posts are listed.

    Raises:
        UserError: a pattern is empty or the whole disk, matches nothing, or nothing of a kind that is read.
    """
    files: dict[str, InputFile] = {}
    skipped: dict[str, SkippedFile] = {}
    depths: dict[str, int] = {}
    for pattern in patterns:
        root, found = _match(pattern)
        waited_for = [SkippedFile(path=file.path, kind=NO_FILE) for file in found if _is_waited_for(file.path)]
        paths = {file.path for file in waited_for}
        stored = only_posts([file for file in found if file.path not in paths])
        listed = [*waited_for, *(file for each in stored for file in _inputs_in(each))]
        if not any(isinstance(file, InputFile) for file in listed):
            raise UserError(_nothing_to_read(pattern, found, waited_for))
        for file in listed:
            if isinstance(file, SkippedFile):
                skipped[file.path] = file
                continue
            place = f"{file.path}/{file.member}".rstrip("/")
            files[place] = file
            depths.setdefault(place, place.removeprefix(root).strip("/").count("/") + 1)
    names = _unique_names({place: depths[place] for place in sorted(files)})
    return Listing(
        files=tuple(replace(files[place], name=name) for place, name in names.items()),
        skipped=tuple(skipped[path] for path in sorted(skipped)),
    )


def _inputs_in(stored: FileMetadata) -> list[InputFile | SkippedFile]:
    """A file, or the members of a .zip that are read; one that has none, or is damaged, stands for itself."""
    path, size = stored.path, stored.size_in_bytes
    if suffix_of(path) == ARCHIVE:
        return _inputs_in_archive(path, size)
    kind, compression = kind_of(path)
    if not kind:
        return [SkippedFile(path=path, kind=suffix_of(path))]
    return [InputFile(path=path, name="", size=size, kind=kind, compression=compression)]


def _inputs_in_archive(path: str, size: int) -> list[InputFile | SkippedFile]:
    unreadable = InputFile(path=path, name="", size=size, kind=UNREADABLE)
    try:
        members = [member for member in list_members(path) if kind_of(member.name)[0]]
    except UnreadableError:
        return [unreadable]
    files: list[InputFile | SkippedFile] = [
        InputFile(path=path, name="", size=member.size, kind=kind, compression=compression, member=member.name)
        for member in members
        for kind, compression in [kind_of(member.name)]
        if not member.encrypted
    ]
    if any(member.encrypted for member in members):
        files.append(unreadable)
    return files or [SkippedFile(path=path, kind=ARCHIVE)]


def _match(pattern: str) -> tuple[str, list[FileMetadata]]:
    """The root that names are relative to, and the files found."""
    if not pattern.strip().strip("/"):
        raise UserError(f"--input {pattern!r}: names no folder of posts; give a file, folder or glob")
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


def _is_waited_for(path: str) -> bool:
    try:
        mode = 0 if "://" in path else os.stat(path).st_mode  # noqa: PTH116 - Path takes thrice the time
    except OSError:
        return False  # reading it tells why
    return mode != 0 and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _nothing_to_read(pattern: str, found: list[FileMetadata], waited_for: list[SkippedFile]) -> str:
    if not found:
        return f"{pattern}: no such file, folder or match; check --input"
    kinds_found = {file.path: suffix_of(file.path) for file in found} | {file.path: NO_FILE for file in waited_for}
    suffixes = ", ".join(sorted({*kinds_found.values()} - {""})) or "nothing"
    kinds = f"{' '.join(KINDS)} files, plain, .gz, .zst or in a .zip"
    return f"{pattern}: nothing to read (found: {suffixes}); give a place with {kinds}"


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
