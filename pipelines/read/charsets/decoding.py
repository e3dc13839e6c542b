from __future__ import annotations

import codecs
from dataclasses import dataclass

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CP1252_FALLBACK = "blogvae-cp1252"
"""The error handler of `decode_utf8`."""


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A text, whether bytes in it are text in no encoding tried (those stand as U+FFFD), and what it was read as.

    `charset` is '' for UTF-8, with cp1252 for bytes that are not.
    """

    text: str
    undecodable: bool
    charset: str = ""


def decode_file(data: bytes, *, charset: str = "") -> Decoded:
    """A whole file as text, without NUL.

    UTF-16 by its byte order mark; else UTF-8, if it is; else as it declares; else UTF-8 with cp1252 for stray bytes.

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
    """UTF-8; a byte that is not is read as cp1252, and one of the five cp1252 lacks is kept as in PEP 383.

    Only the stray bytes are read as cp1252, not their whole line: a line pasted together from both stays whole.
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
    """The text with U+FFFD for each undecodable byte, so that it can be written anywhere."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "surrogateescape"), error.end


codecs.register_error(CP1252_FALLBACK, _as_cp1252)
