"""Makes characters regular: repairs mojibake, normalises to NFC, drops invisible ones, unifies spaces and line ends."""

from __future__ import annotations

import re
import unicodedata

import ftfy

_PLAIN = re.compile("[\n\t -~]*")
_UNUSUAL = re.compile("[\n\t -~‐-‧]*([^\n\t -~‐-‧]*)")
"""Finds runs of characters other than ASCII and typographic punctuation. Most posts hold few, and the patterns below
need look at these alone. (To pass over the rest in the pattern is three times as fast as to search.)"""

_MOJIBAKE_LEAD = re.compile("[Â-ô‚в]")
_MOJIBAKE = re.compile("[Â-ô‚в][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸÄЂ]")
"""The first two bytes of a UTF-8 character as Latin-1 or Windows-1252 show them; `‚Ä` and `вЂ` are those of a quotation
mark in Mac Roman and Windows-1251. Correct text may hold such a pair, too, and ftfy leaves it."""

_C1_CONTROL = re.compile("[\x80-\x9f]")
_LINE_END = re.compile("\r\n?|[\v\f\u2028\u2029]")
_NO_BREAK_SPACE = re.compile("[\xa0\u2007\u202f]")
_INVISIBLE = re.compile(
    "[\0-\x08\x0e-\x1f\x7f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ud800-\udfff]"
)
_LOOSE_JOINER = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007f]+)|[\U000e0000-\U000e007f]"  # tags spell a flag, and nothing else that is seen
    "|(?<![\u0600-\u0dff])(?:\u200c|\u200d(?![\u2190-\u2bff\U0001f000-\U0001faff]))"
)
"""Joiners that are not needed, because they stand neither in words of Arabic to Sinhala nor within an emoji."""

_STEPS = (
    (_LINE_END, "\n"),
    (_NO_BREAK_SPACE, " "),
    (_LOOSE_JOINER, r"\1"),
    (_INVISIBLE, ""),
)


def regular_characters(text: str) -> str:
    """The text in NFC with mojibake repaired by ftfy, without invisible characters, with plain spaces and LF ends."""
    if text.isascii() and _PLAIN.fullmatch(text):
        return text
    unusual = _unusual(text)
    if not unusual:
        return text
    if _MOJIBAKE_LEAD.search(unusual) and _MOJIBAKE.search(text):
        # Line by line, because one honest character that the wrong encoding lacks forbids the repair of all.
        text = "\n".join(ftfy.fix_encoding(line) if _MOJIBAKE.search(line) else line for line in text.split("\n"))
        unusual = _unusual(text)
    if _C1_CONTROL.search(unusual):
        text = ftfy.fixes.fix_c1_controls(text)
    for pattern, replacement in _STEPS:
        if pattern.search(unusual):
            text = pattern.sub(replacement, text)
    return unicodedata.normalize("NFC", text)


def _unusual(text: str) -> str:
    """The runs of unusual characters in the text, each once, one a line."""
    return "\n".join(set(_UNUSUAL.findall(text)))
