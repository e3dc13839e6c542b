from __future__ import annotations

import codecs
import io
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final

from pipelines.read.charsets.decoding import UTF16_MARKS, decode_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORD_LIMIT: Final = 1 << 22
"""The most characters of a record that is read; it bounds the memory of a reader."""

ODD_BREAK: Final = re.compile("[\ud80a\ud80d]")
"""Stands in a line for a `\\n` or `\\r` that ends no row of the file; no decoded text holds these characters."""

_CHUNK_BYTES: Final = 1 << 20
_LINE_BYTES: Final = 4 * RECORD_LIMIT + 4  # UTF-8 takes at most 4 bytes a character
_SAMPLE_CHARACTERS: Final = 1 << 16
_ODD_CR = re.compile(r"\r(?!\n|\Z)")
_ODD_LF = re.compile(r"(?<!\r)\n(?!\Z)")


@dataclass(frozen=True, kw_only=True)
class LineBlock:
    """A run of whole lines of a file.

    Attributes:
        text: the lines.
        row_end: the character that ends each.
        offset: the byte of the file they begin at; None if the file is not UTF-8.
        data: their bytes without NULs: first `head` bytes left over from the chunk before, then bytes of `chunk`.
        head: the number of those bytes.
        chunk: the bytes that were read last.
    """

    text: str
    row_end: str
    offset: int | None
    data: bytes
    head: int
    chunk: _Chunk

    def offset_after(self, characters: int) -> int | None:
        """The byte of the file behind the lines that make up the block's first `characters`."""
        lines = self.text.count(self.row_end, 0, characters) if self.row_end else 0
        if not lines:
            return self.offset
        end, row_end = 0, self.row_end.encode()
        for _ in range(lines):
            end = self.data.find(row_end, end) + 1
        if row_end == b"\r" and self.data[end : end + 1] == b"\n":
            end += 1
        return self.chunk.offset_after(end - self.head)

    def first_lines(self) -> list[str]:
        """The first lines, about 64 thousand characters of them."""
        lines, size = split_lines(self.text), 0
        for count, line in enumerate(lines, start=1):
            size += len(line)
            if size >= _SAMPLE_CHARACTERS:
                return lines[:count]
        return lines


@dataclass(frozen=True, kw_only=True)
class _Chunk:
    """Bytes read at once, and their offset in the file, which is None if they were translated."""

    raw: bytes
    offset: int | None

    def offset_after(self, filled: int) -> int | None:
        """The offset behind the first `filled` bytes that are not NUL."""
        if self.offset is None or b"\0" not in self.raw:
            return None if self.offset is None else self.offset + filled
        return self.offset + bisect_left(range(len(self.raw)), filled, key=lambda at: at - self.raw.count(b"\0", 0, at))


def read_blocks(stream: BinaryIO, *, offset: int = 0, row_end: str = "") -> Iterator[LineBlock]:
    r"""Decodes a file and yields its lines, with their ends and without NUL, about a MiB at a time.

    Undecodable bytes are kept as in `decode_utf8`. The end of the first line decides what ends the others: if it is
    `\r`, a bare `\n` becomes an `ODD_BREAK`, else a bare `\r` does. (Python's own writer left such breaks unquoted
    until 3.13.) A line longer than `RECORD_LIMIT` is cut one character after it.

    Args:
        stream: the file, at the offset.
        offset: the byte a line begins at.
        row_end: the first line's end, if the offset is behind it.
    """
    pending, begin = b"", None
    for chunk in _chunks(stream, offset):
        begin = begin if pending else chunk.offset
        data = pending + chunk.raw.replace(b"\0", b"")
        row_end = row_end or _first_line_end(data)
        end = _end_of_last_line(data, row_end.encode()) if row_end else 0
        if end:
            yield _block(data[:end], row_end, offset=begin, head=len(pending), chunk=chunk)
            begin = chunk.offset_after(end - len(pending))
        pending = data[end:]
        if len(pending) > _LINE_BYTES:
            pending = pending[:_LINE_BYTES] + pending[-1:]  # the last may be half of a line's end
    if pending:
        yield _block(pending, row_end, offset=begin, head=len(pending), chunk=_Chunk(raw=b"", offset=None))


def split_lines(text: str) -> list[str]:
    """The lines of a block's text, with their ends."""
    return list(io.StringIO(text, newline=""))


def restore_breaks(text: str) -> str:
    """The text with the breaks it had before `read_blocks`."""
    return text.replace("\ud80a", "\n").replace("\ud80d", "\r")


def _first_line_end(data: bytes) -> str:
    lf, cr = data.find(b"\n"), data.find(b"\r", 0, -1)  # one at the very end may be half of a CRLF
    if cr >= 0 and not 0 <= lf <= cr + 1:
        return "\r"
    return "\n" if lf >= 0 else ""


def _end_of_last_line(data: bytes, row_end: bytes) -> int:
    if row_end == b"\n":
        return data.rfind(b"\n") + 1
    end = data.rfind(b"\r", 0, -1) + 1
    return end + 1 if end and data[end : end + 1] == b"\n" else end


def _block(data: bytes, row_end: str, *, offset: int | None, head: int, chunk: _Chunk) -> LineBlock:
    text = decode_utf8(data)
    if row_end == "\r":
        text = _ODD_LF.sub("\ud80a", text)
    elif b"\r" in data and data.count(b"\r") > data.count(b"\r\n"):
        text = _ODD_CR.sub("\ud80d", text)
    if len(text) > RECORD_LIMIT:
        text = _with_first_line_cut(text, row_end)
    return LineBlock(text=text, row_end=row_end, offset=offset, data=data, head=head, chunk=chunk)


def _with_first_line_cut(text: str, row_end: str) -> str:
    """The text with its first line cut behind the limit; no other line of a block can be too long."""
    end = text.find(row_end) if row_end else -1
    length = end if end >= 0 else len(text)
    return text[: RECORD_LIMIT + 1] + text[length:] if length > RECORD_LIMIT else text


def _chunks(stream: BinaryIO, offset: int) -> Iterator[_Chunk]:
    """The file's bytes without byte order mark, with UTF-16 translated to UTF-8."""
    chunks = iter(partial(stream.read, _CHUNK_BYTES), b"")
    first = b"" if offset else next(chunks, b"")
    if first.startswith(UTF16_MARKS):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        for chunk in chain([first], chunks):
            yield _Chunk(raw=decoder.decode(chunk).replace("\0", "").encode(), offset=None)
        return
    bare = first.removeprefix(codecs.BOM_UTF8)
    if bare:
        yield _Chunk(raw=bare, offset=len(first) - len(bare))
    offset += len(first)
    for chunk in chunks:
        yield _Chunk(raw=chunk, offset=offset)
        offset += len(chunk)
