from __future__ import annotations

import codecs
import io
import re
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final

from pipelines.read.decoding import UTF16_MARKS, decode_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORD_LIMIT: Final = 1 << 22
"""Characters in the longest record read; it bounds the memory of a reader. Four times a cell of a million."""

ODD_BREAK: Final = re.compile("[\ud80a\ud80d]")
"""What stands in a line for a break that ends no row of the file, `\\n` or `\\r`; no decoded text holds it."""

_CHUNK_BYTES: Final = 1 << 20
_LINE_BYTES: Final = 4 * RECORD_LIMIT + 4  # UTF-8 takes at most 4 bytes: what is cut still shows as too long
_ODD_CR = re.compile(r"\r(?!\n|\Z)")
_ODD_LF = re.compile(r"(?<!\r)\n")


def read_lines(stream: BinaryIO) -> Iterator[str]:
    r"""A file's lines with their ends, undecodable bytes as in `decode_utf8`, no NUL.

    The first line's end tells the others': where it is `\r`, a bare `\n` is an `ODD_BREAK`, else a bare `\r` is.
    (Python's own writer left such breaks unquoted until 3.13.) Of a line longer than the longest record only a
    little more than that is kept.
    """
    row_end = pending = b""
    for chunk in _utf8_chunks(stream):
        block = pending + chunk
        row_end = row_end or _first_line_end(block)
        end = _end_of_last_line(block, row_end) if row_end else 0
        if end:
            yield from _split(block[:end], row_end)
        pending = block[end : end + _LINE_BYTES]
    yield from _split(pending, row_end)


def restore_breaks(text: str) -> str:
    """The text with the breaks it had before `read_lines`."""
    return text.replace("\ud80a", "\n").replace("\ud80d", "\r")


def _first_line_end(block: bytes) -> bytes:
    lf, cr = block.find(b"\n"), block.find(b"\r", 0, -1)  # one at the very end may be half of a CRLF
    if cr >= 0 and not 0 <= lf <= cr + 1:
        return b"\r"
    return b"\n" if lf >= 0 else b""


def _end_of_last_line(block: bytes, row_end: bytes) -> int:
    if row_end == b"\n":
        return block.rfind(b"\n") + 1
    end = block.rfind(b"\r", 0, -1) + 1
    return end + 1 if end and block[end : end + 1] == b"\n" else end


def _split(block: bytes, row_end: bytes) -> Iterator[str]:
    text = decode_utf8(block)
    if row_end == b"\r":
        text = _ODD_LF.sub("\ud80a", text)
    elif block.count(b"\r") > block.count(b"\r\n"):
        text = _ODD_CR.sub("\ud80d", text)
    return io.StringIO(text, newline="")


def _utf8_chunks(stream: BinaryIO) -> Iterator[bytes]:
    first = stream.read(_CHUNK_BYTES)
    chunks = iter(partial(stream.read, _CHUNK_BYTES), b"")
    if first.startswith(UTF16_MARKS):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        yield decoder.decode(first).replace("\0", "").encode()
        yield from (decoder.decode(chunk).replace("\0", "").encode() for chunk in chunks)
    else:
        yield first.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"")
        yield from (chunk.replace(b"\0", b"") for chunk in chunks)
