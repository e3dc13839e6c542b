from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

import pyarrow as pa
from apache_beam.io.filesystem import BeamIOError

from pipelines.errors import FileError
from pipelines.read.files.archive import forget_archive, open_archive, open_member
from pipelines.read.files.file_kinds import UNREADABLE
from pipelines.read.files.source import Source, UnreadableError, open_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

    from pipelines.read.files.input_file import InputFile

_BUFFER_BYTES: Final = 1 << 18
_DECODED_BYTES: Final = 1 << 16
"""How much is asked of a decoder at a time; where it meets damage, it loses no more than this."""
_DAMAGE: Final = (OSError, EOFError, ValueError, pa.ArrowException, zipfile.BadZipFile, zlib.error, lzma.LZMAError)
_NOT_OPENED: Final = (*_DAMAGE, RuntimeError, IndexError)  # a password is asked for; the member is gone


@contextmanager
def open_input(file: InputFile) -> Iterator[BinaryIO]:
    """Opens a plain file, a `.gz` or `.zst` of any number of members, or one in a `.zip`, and decompresses it.

    Damaged or truncated compression reads as if the file ended where the damage is; leaving the block then raises.
    Only a plain file can seek.

    Raises:
        UnreadableError: what was read in the block, or must be read to open the file, is damaged.
        OSError: the file cannot be opened, or reading broke off; a retry may succeed.
    """
    with ExitStack() as opened:
        try:
            source, decoders = _open(file, opened)
        except _NOT_OPENED as error:
            if _is_of_the_system(error):
                raise
            raise UnreadableError(error) from error
        try:
            yield cast("BinaryIO", io.BufferedReader(decoders[-1] if decoders else source, _BUFFER_BYTES))
        except Exception as error:
            if source.failed or isinstance(error, FileError):
                forget_archive()
                raise
            damage = _first_damage(decoders) or (error if _is_damage(error) else None)
            if damage is None:
                raise
            raise UnreadableError(damage) from error
        if damage := _first_damage(decoders):
            raise UnreadableError(damage)


class _Salvaged(io.RawIOBase):
    """A stream of what a decoder gives until it meets damage; `damage` holds the error."""

    def __init__(self, decoder: Any, source: Source) -> None:
        self.damage: Exception | None = None
        self._decoder, self._source = decoder, source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        try:
            data = b"" if self.damage else self._decoder.read1(min(len(view), _DECODED_BYTES))
        except _DAMAGE as error:
            if self._source.failed:
                raise
            self.damage, data = error, b""
        view[: len(data)] = data
        return len(data)


def _open(file: InputFile, opened: ExitStack) -> tuple[Source, list[_Salvaged]]:
    """The stored bytes and the decoders on top of them; the last one gives the file's bytes."""
    decoders: list[_Salvaged] = []
    if file.kind == UNREADABLE:
        open_archive(file.path, file.places)
        raise UnreadableError("it asks for a password; unpack it and give the folder")
    if file.member:
        archive = open_archive(file.path, file.places[:-1])
        source = archive.source
        decoders.append(_Salvaged(opened.enter_context(open_member(archive, file.places[-1])), source))
    else:
        source = opened.enter_context(open_source(file.path))
    under = decoders[-1] if decoders else source
    if file.compression == "gz":
        decoders.append(_Salvaged(gzip.GzipFile(fileobj=under), source))
    elif file.compression == "zst":
        decoders.append(_Salvaged(pa.CompressedInputStream(pa.PythonFile(under, mode="r"), "zstd"), source))
    return source, decoders


def _first_damage(decoders: list[_Salvaged]) -> Exception | None:
    return next((decoder.damage for decoder in decoders if decoder.damage), None)


def _is_of_the_system(error: Exception) -> bool:
    """Whether the disk or the network failed: such errors have a number, come from Beam or name the file already."""
    return isinstance(error, BeamIOError | FileError) or (isinstance(error, OSError) and error.errno is not None)


def _is_damage(error: Exception) -> bool:
    """Whether Arrow complains about a file's bytes; an error of the system has a number."""
    return isinstance(error, pa.ArrowException) or (isinstance(error, OSError) and error.errno is None)
