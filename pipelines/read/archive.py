from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import lru_cache

from apache_beam.io.filesystems import FileSystems

from pipelines.read.source import Source, UnreadableError, open_source

_ENCRYPTED = 0x1  # bit 0 of the general purpose flag (APPNOTE 6.3, section 4.4.4)


@dataclass(frozen=True, kw_only=True)
class Archive:
    """An open .zip, and what it is read from."""

    zip: zipfile.ZipFile
    source: Source


@dataclass(frozen=True, kw_only=True)
class Member:
    """A file in a .zip: its name there, its bytes when decompressed, whether a password is needed."""

    name: str
    size: int
    encrypted: bool


def open_archive(path: str) -> Archive:
    """The archive, which stays open for its next member: with thousands of them its directory is read once.

    Raises:
        UnreadableError: the file cannot be opened, is no .zip, or its directory is damaged.
    """
    try:
        return _opened(path, FileSystems.last_updated(path))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableError(error) from error


def list_members(path: str) -> list[Member]:
    """The archive's files, without folders, hidden files and what macOS adds; raises as `open_archive` does."""
    return [
        Member(name=info.filename, size=info.file_size, encrypted=bool(info.flag_bits & _ENCRYPTED))
        for info in open_archive(path).zip.infolist()
        if not info.is_dir() and not any(part.startswith((".", "__MACOSX")) for part in info.filename.split("/"))
    ]


def forget_archive() -> None:
    """Lets go of the open archive, so that it is opened anew."""
    _opened.cache_clear()


@lru_cache(maxsize=1)
def _opened(path: str, _version: float) -> Archive:
    source = open_source(path)
    try:
        return Archive(zip=zipfile.ZipFile(source), source=source)
    except BaseException:
        source.close()
        raise
