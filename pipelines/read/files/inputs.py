from __future__ import annotations

import os
import re
import stat
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from apache_beam.io.filesystem import BeamIOError, FileMetadata
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import FileError, UserError, unusable
from pipelines.read.files.archive import list_members
from pipelines.read.files.file_kinds import ARCHIVE, FILE_KINDS, UNREADABLE, kind_of, suffix_of
from pipelines.read.files.input_file import InputFile
from pipelines.read.files.links import unfollowed_below
from pipelines.read.files.not_posts import ACCOUNT, SITE_FILES, about_accounts, why_no_post
from pipelines.read.files.own_folders import only_posts
from pipelines.read.files.site_generators import generated_below
from pipelines.read.files.source import UnreadableError
from pipelines.read.files.substack_texts import join_substack_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.read.files.archive import Member

NO_FILE: Final = "pipe or device"
"""The kind of a pipe or device, which may never end."""

_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True, kw_only=True)
class SkippedFile:
    """A file that is not read, for the reason `why`, or else because no reader knows its `kind`.

    The kind is the suffix ('' if there is none) or `NO_FILE`.
    """

    path: str
    kind: str
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The files to read, each once, sorted by path, and the skipped ones; members of a .zip are sorted in it."""

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
        unfollowed = [SkippedFile(path=path, kind="", why=why) for path, why in unfollowed_below(pattern)]
        waited_for = [SkippedFile(path=file.path, kind=NO_FILE) for file in found if _is_waited_for(file.path)]
        paths = {file.path for file in waited_for}
        stored = only_posts([file for file in found if file.path not in paths])
        is_named = [file.path for file in found] == [pattern.rstrip("/")]
        of_each = {file.path: _inputs_in(file) for file in stored}
        listed = [*waited_for, *unfollowed, *_posts_among(of_each, "" if is_named else root)]
        if not any(isinstance(file, InputFile) for file in listed):
            raise UserError(_nothing_to_read(pattern, found, listed))
        for file in listed:
            if isinstance(file, SkippedFile):
                skipped[file.path] = file
                continue
            place = f"{file.path}/{file.member}".rstrip("/")
            files[place] = file
            depths.setdefault(place, _below(place, root).count("/") + 1)
    names = _unique_names({place: depths[place] for place in sorted(files)})
    named = {place: replace(files[place], name=name) for place, name in names.items()}
    return Listing(files=join_substack_texts(named), skipped=tuple(skipped[path] for path in sorted(skipped)))


def _below(place: str, root: str) -> str:
    return place.removeprefix(root).strip("/")


def _posts_among(of_each: dict[str, list[InputFile | SkippedFile]], root: str) -> list[InputFile | SkippedFile]:
    """The files, those skipped that are no posts by their paths below the root ('' for a file that the user named)."""
    listed: list[InputFile | SkippedFile] = []
    why_of_stored = _why_no_posts([_below(path, root) for path in of_each]) if root else {}
    for path, found in of_each.items():
        of_stored = why_of_stored.get(_below(path, root), "")
        why_of_members = _why_no_posts(
            [file.member if isinstance(file, InputFile) else _below(file.path, path) for file in found]
        )
        for file in found:
            if isinstance(file, SkippedFile):
                listed.append(replace(file, why=of_stored) if of_stored else file)
                continue
            why = of_stored or why_of_members[file.member]
            place = f"{path}/{file.member}".rstrip("/")
            listed.append(SkippedFile(path=place, kind=suffix_of(place), why=why) if why else file)
    return listed


def _why_no_posts(paths: list[str]) -> dict[str, str]:
    """For each path below an input the reason why it is no post, '' if it may be one."""
    of_account, generated = about_accounts(paths), generated_below(paths)

    def why(path: str) -> str:
        if path in of_account:
            return ACCOUNT
        return why_no_post(path) or (SITE_FILES if generated and path.startswith(generated) else "")

    return {path: why(path) for path in paths}


def _inputs_in(stored: FileMetadata) -> list[InputFile | SkippedFile]:
    """The file itself, or the files in a .zip; a .zip that is damaged or has nothing to read stands for itself."""
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
        members = list_members(path)
    except UnreadableError:
        return [unreadable]
    except FileError:
        raise
    except OSError as error:
        raise unusable(f"{path}: cannot be read ({error}); check your access to it", error) from error
    files = [_input_in_archive(path, member) for member in members]
    if any(member.encrypted and kind_of(member.name)[0] for member in members):
        files.append(unreadable)
    is_empty = not any(isinstance(file, InputFile) for file in files)
    return [*files, *([SkippedFile(path=path, kind=ARCHIVE)] if is_empty else [])]


def _input_in_archive(path: str, member: Member) -> InputFile | SkippedFile:
    kind, compression = kind_of(member.name)
    if member.damaged:
        kind = UNREADABLE
    if not kind or member.encrypted:
        return SkippedFile(path=f"{path}/{member.name}", kind=suffix_of(member.name))
    return InputFile(
        path=path,
        name="",
        size=member.size,
        kind=kind,
        compression=compression,
        member=member.name,
        places=member.places,
    )


def _match(pattern: str) -> tuple[str, list[FileMetadata]]:
    """The root of the names, and the files that match."""
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
        raise unusable(f"{pattern}: cannot be listed ({error}); check the path and your access to it", error) from error
    except ValueError as error:
        raise UserError(
            f"{pattern}: no such kind of path here; for gs:// install blogvae[gcp], for s3:// blogvae[aws]"
        ) from error


def _files(pattern: str) -> list[FileMetadata]:
    found: list[FileMetadata] = FileSystems.match([pattern])[0].metadata_list
    return [file for file in found if not file.path.endswith("/")]  # a store's console makes such objects for folders


def _is_waited_for(path: str) -> bool:
    try:
        mode = 0 if "://" in path else os.stat(path).st_mode  # noqa: PTH116 - Path takes thrice the time
    except OSError:
        return False  # reading it tells why
    return mode != 0 and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _nothing_to_read(pattern: str, found: list[FileMetadata], listed: list[InputFile | SkippedFile]) -> str:
    skipped = [file for file in listed if isinstance(file, SkippedFile)]
    if not found and not skipped:
        return f"{pattern}: no such file, folder or match; check --input"
    kinds_found = ", ".join(sorted({file.why or file.kind for file in skipped} - {""})) or "nothing"
    kinds = f"{' '.join(FILE_KINDS)} files, plain, .gz, .zst or in a .zip"
    return f"{pattern}: nothing to read (found: {kinds_found}); give a place with {kinds}"


def _unique_names(depths: dict[str, int]) -> dict[str, str]:
    """The last parts of each path, as many as its depth; paths that share a name get more parts until all differ."""
    parts = {path: printable_path(path).split("/") for path in depths}
    names = {path: "/".join(parts[path][-depth:]) for path, depth in depths.items()}
    while len(set(names.values())) < len(names):
        holders = Counter(names.values())
        for path, name in names.items():
            if holders[name] > 1 and depths[path] > len(parts[path]):
                names[path] = f"{name}~"
                holders[name] -= 1
            elif holders[name] > 1:
                depths[path] += 1
                names[path] = "/".join(parts[path][-depths[path] :])
    return names


def printable_path(path: str) -> str:
    r"""The path with a byte that is no UTF-8 as Python writes it: `caf\xe9.md`."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
