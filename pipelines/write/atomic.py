"""Writes files that appear whole or not at all, on any filesystem that Beam supports, and hashes them."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import as_file_error
from pipelines.write.object_store import is_object_store, whole_object

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPORARY = ".temporary-"
"""Part of the name of every file that is still being written. Such files that a crash leaves are never read."""


@dataclass
class Written:
    """The size in bytes and the SHA-256 of a file, set once the file is closed."""

    bytes: int = 0
    sha256: str = ""


class _HashingFile(io.RawIOBase):
    """Writes to a file, and counts and hashes the bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest, self.count = file, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data)
        self._digest.update(view)
        self.count += view.nbytes
        self._file.write(view)
        return view.nbytes

    def tell(self) -> int:
        return self.count

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def atomic_file(path: str) -> Iterator[tuple[BinaryIO, Written]]:
    """Opens a file that gets its name when the block ends, and is removed if the block raises.

    On an object store the object is written when the block ends.

    Yields:
        The file to write to, and its Written.

    Raises:
        FileError: the file cannot be written.
    """
    with (
        as_file_error(path, "written"),
        whole_object(path) if is_object_store(path) else _renamed_file(path) as file,
    ):
        hashing, written = _HashingFile(file), Written()
        yield cast("BinaryIO", hashing), written
        written.bytes, written.sha256 = hashing.count, hashing.hexdigest()


@contextmanager
def _renamed_file(path: str) -> Iterator[BinaryIO]:
    make_folder(path.rpartition("/")[0])
    temporary = f"{path}{TEMPORARY}{uuid.uuid4().hex}"
    try:
        with FileSystems.create(temporary) as file:
            yield file
        FileSystems.rename([temporary], [path])
    except BaseException:
        if FileSystems.exists(temporary):
            FileSystems.delete([temporary])
        raise


def make_folder(path: str) -> None:
    """Makes a folder unless it exists, on filesystems that have folders."""
    if path and not FileSystems.exists(path):
        try:
            FileSystems.mkdirs(path)
        except OSError:  # another worker was faster
            if not FileSystems.exists(path):
                raise


def write_bytes(path: str, data: bytes) -> Written:
    """Writes a whole file."""
    with atomic_file(path) as (file, written):
        file.write(data)
    return written


def write_json(path: str, data: object) -> None:
    """Writes plain data as JSON with sorted keys."""
    write_bytes(path, (json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())


def read_json(path: str) -> Any:
    """Reads what write_json wrote.

    Raises:
        OSError: there is no such file.
        ValueError: the file is not JSON.
    """
    with FileSystems.open(path) as file:
        return json.loads(file.read())
