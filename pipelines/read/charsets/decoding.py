from __future__ import annotations

import codecs
from dataclasses import dataclass

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CP1252_FALLBACK = "blogvae-cp1252"
"""The name of the error handler that `decode_utf8` uses."""


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A decoded file.

    Attributes:
        text: the text; bytes that are text in no encoding tried are U+FFFD.
        undecodable: whether there are such bytes.
        charset: the encoding, '' for UTF-8 (with cp1252 for stray bytes).
    """

    text: str
    undecodable: bool
    charset: str = ""


def decode_file(data: bytes, *, charset: str = "") -> Decoded:
    """Decodes a whole file and drops NUL characters.

    A byte order mark of UTF-16 decides; else `charset`, if the file can be read in it; else the file is read as UTF-8
    with cp1252 for stray bytes.

    Args:
        data: the file's bytes.
        charset: what the file declares, or was found to be, as a codec of Python; '' if that is not known.
    """
    if data.startswith(UTF16_MARKS):
        text = data.decode("utf-16", "replace")
        return Decoded(text=text.replace("\0", ""), undecodable="\ufffd" in text, charset="utf-16")
    if charset:
        text = data.decode(charset, "replace")
        if "\ufffd" not in text:
            return Decoded(text=text.replace("\0", ""), undecodable=False, charset=charset)
    text = decode_utf8(data.removeprefix(codecs.BOM_UTF8))
    undecodable = has_undecodable(text)
    return Decoded(text=(printable(text) if undecodable else text).replace("\0", ""), undecodable=undecodable)


def decode_utf8(data: bytes) -> str:
    """Decodes UTF-8; a stray byte is read as cp1252, and one of the five that cp1252 lacks is kept as in PEP 383.

    Only the stray bytes are read as cp1252, not their whole line, which may be pasted together from both.
    """
    return data.decode("utf-8", CP1252_FALLBACK)


def has_undecodable(text: str) -> bool:
    """Whether `decode_utf8` met a byte that is text in no encoding tried."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def printable(text: str) -> str:
    """Replaces each undecodable byte by U+FFFD, so that the text can be written anywhere."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "surrogateescape"), error.end


codecs.register_error(CP1252_FALLBACK, _as_cp1252)
