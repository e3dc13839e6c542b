"""Translates files of records from other character sets to UTF-8 while they are read."""

from __future__ import annotations

import codecs
import io
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, cast

from pipelines.read.charsets.charset import charset_of_records

if TYPE_CHECKING:
    from typing_extensions import Buffer

_BEGIN_BYTES: Final = 1 << 20
_READ_BYTES: Final = 1 << 18


class Translated(NamedTuple):
    """A stream of UTF-8 and the codec it was translated from; '' if the bytes are the file's own."""

    stream: BinaryIO
    charset: str


def as_utf8(stream: BinaryIO) -> Translated:
    """Translates a stream that is at its start; a stream that can seek still can if it needs no translation.

    The first MiB tells the charset. Bytes that the charset does not know stay as they are.
    """
    begin = stream.read(_BEGIN_BYTES)
    charset = charset_of_records(begin)
    if not charset and stream.seekable():
        stream.seek(0)
        return Translated(stream, "")
    return Translated(cast("BinaryIO", io.BufferedReader(_Joined(begin, stream, charset), _READ_BYTES)), charset)


class _Joined(io.RawIOBase):
    """The bytes read from a stream so far and then the rest of it, translated to UTF-8 if a charset is given."""

    def __init__(self, begin: bytes, rest: BinaryIO, charset: str) -> None:
        self._decoder = codecs.getincrementaldecoder(charset)("surrogateescape") if charset else None
        self._rest = rest
        self._ready = memoryview(self._translated(begin))
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        while not self._ready and not self._ended:
            data = self._rest.read(_READ_BYTES)
            self._ended = not data
            self._ready = memoryview(self._translated(data))
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _translated(self, data: bytes) -> bytes:
        if self._decoder is None:
            return data
        return self._decoder.decode(data, final=not data).encode("utf-8", "surrogateescape")
