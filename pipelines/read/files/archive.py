from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import FileError, as_file_error
from pipelines.read.files.file_kinds import ARCHIVE, suffix_of
from pipelines.read.files.source import Source, UnreadableError, open_source

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENCRYPTED = 0x1  # bit 0 of the general purpose flag (APPNOTE 6.3, section 4.4.4)
_UTF8_NAME = 0x800  # bit 11
_DAMAGE: Final = (zipfile.BadZipFile, ValueError, NotImplementedError, zlib.error, EOFError)
_NESTED_BYTES: Final = 1 << 32
"""The largest archive inside another archive that is unpacked."""

_DEPTH: Final = 3
"""How deep archives may lie in each other and still be read. Notion zips the parts of its export once more."""

_COPIED: Final = 1 << 20
_DRIVE = re.compile(r"\A[A-Za-z]:")


@dataclass(frozen=True, kw_only=True)
class Archive:
    """An open .zip and the stream it is read from."""

    zip: zipfile.ZipFile
    source: Source


@dataclass(frozen=True, kw_only=True)
class Member:
    """A file in a .zip, and whether it can be read.

    Attributes:
        name: the path in the archive, with '/', without `..` and root; the second file of a name is `a~2.txt`.
        places: the file's index in its archive; before it come the indices of the archives around that one.
        size: bytes when decompressed.
        encrypted: whether reading asks for a password.
        damaged: whether it is an archive that cannot be read.
    """

    name: str
    places: tuple[int, ...]
    size: int
    encrypted: bool = False
    damaged: bool = False


def open_archive(path: str, within: tuple[int, ...] = ()) -> Archive:
    """Opens an archive, which stays open, so that its directory is read once for all of its members.

    Args:
        path: the outermost .zip.
        within: the indices of the archives inside it that lead to the one to open.

    Raises:
        UnreadableError: the file is no .zip, or its directory is damaged.
        OSError: it cannot be opened; a retry may succeed.
    """
    try:
        return _opened(path, FileSystems.last_updated(path), within)
    except FileError:
        raise
    except _DAMAGE as error:
        raise UnreadableError(error) from error


def open_member(archive: Archive, place: int) -> BinaryIO:
    """The bytes of the file at this index of the archive; errors of `zipfile`, which name the file, are raised."""
    return cast("BinaryIO", archive.zip.open(archive.zip.infolist()[place]))


def list_members(path: str, within: tuple[int, ...] = ()) -> list[Member]:
    """Lists the files of an archive and of the archives in it, without folders; raises as `open_archive` does."""
    members: list[Member] = []
    names: dict[str, int] = {}
    for member in _members(path, within):
        count = names[member.name] = names.get(member.name, 0) + 1
        if count > 1:
            stem, dot, suffix = member.name.rpartition(".")
            name = f"{stem}~{count}{dot}{suffix}" if dot and "/" not in suffix else f"{member.name}~{count}"
            members.append(Member(name=name, **_but_name(member)))
        else:
            members.append(member)
    return members


def forget_archive() -> None:
    """Closes the archives that are kept open, so that the next use opens them anew."""
    _opened.cache_clear()


def _members(path: str, within: tuple[int, ...]) -> Iterator[Member]:
    for place, info in enumerate(open_archive(path, within).zip.infolist()):
        if info.is_dir() or not (name := _name(info)):
            continue
        member = Member(
            name=name,
            places=(*within, place),
            size=info.file_size,
            encrypted=bool(info.flag_bits & _ENCRYPTED),
        )
        if suffix_of(name) != ARCHIVE or member.encrypted or name.rpartition("/")[2].startswith("._"):
            yield member
            continue
        try:
            inner = list_members(path, member.places) if len(within) < _DEPTH - 1 else []
        except UnreadableError:
            yield Member(name=name, places=member.places, size=member.size, damaged=True)
            continue
        if not inner:
            yield member
        for each in inner:
            yield Member(name=f"{name}/{each.name}", **_but_name(each))


def _but_name(member: Member) -> dict[str, Any]:
    return {key: value for key, value in vars(member).items() if key != "name"}


def _name(info: zipfile.ZipInfo) -> str:
    """The path as the writer meant it: many programs write UTF-8 without saying so, and Windows writes backslashes."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    if "/" not in name:
        name = name.replace("\\", "/")
    parts = _DRIVE.sub("", name).split("/")
    return "/".join(part for part in parts if part not in {"", ".", ".."})


@lru_cache(maxsize=_DEPTH)
def _opened(path: str, version: float, within: tuple[int, ...]) -> Archive:
    source = _unpacked(_opened(path, version, within[:-1]), within[-1]) if within else open_source(path)
    try:
        return Archive(zip=zipfile.ZipFile(source), source=source)
    except BaseException as error:
        source.close()
        if source.failed and isinstance(error, Exception):  # zipfile takes a read that broke off for damage
            with as_file_error(path, "read"):
                raise OSError("reading its directory broke off") from error
        raise


def _unpacked(archive: Archive, place: int) -> Source:
    """Copies an inner archive to a temporary file, since its directory is at its end."""
    try:
        info = archive.zip.infolist()[place]
    except IndexError as error:
        raise UnreadableError(error) from error
    if info.file_size > _NESTED_BYTES:
        raise UnreadableError(f"{info.filename}: an archive of {info.file_size} bytes within one; unpack it")
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed with the archive
    try:
        with archive.zip.open(info) as member:
            shutil.copyfileobj(member, copy, _COPIED)
    except BaseException:
        copy.close()
        raise
    return Source(cast("BinaryIO", copy))
