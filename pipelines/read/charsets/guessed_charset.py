"""Which character set undeclared bytes are in: the one in which their letters are those of the language they speak."""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Final

import yaml
from charset_normalizer import from_bytes

from vae.language.identify import identify

WESTERN: Final = "cp1252"
_CANDIDATES: Final = (
    WESTERN,
    *("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic"),
    *("cp932", "euc_jp", "gb18030", "big5hkscs", "cp949"),
    *("cp1250", "iso8859_2", "cp1253", "iso8859_7", "cp1254", "cp1255", "cp1256", "cp1257", "cp874"),
    *("iso8859_15", "mac_roman", "cp850"),
)
"""The commonest first: of charsets that fit as well, and that charset-normalizer does not tell apart, the first."""

_CORES: Final = {"gb18030": "gb2312", "big5hkscs": "big5", "cp949": "euc_kr"}
"""What the large charsets grew from holds all that is common; bytes of another charset give what they added."""

_UNREAD_WEIGHT: Final = 4
"""Misfits: a character set that lacks what is written is seldom the right one."""

_ENOUGH: Final = 0.9
"""Ours: the rest are foreign names, which other charsets make letters of by chance."""

_TAG = re.compile(rb"<!\[CDATA\[|\]\]>|</?[A-Za-z][^<>]*>")
"""Names of elements are no words of a language. No charset has these signs within a character."""

_BEYOND_ASCII = re.compile("[^\0-\x7f]")
_LATIN = re.compile("[A-Za-z]")
_SPACED = re.compile("[^\\W\\d_\u0e00-\u0e7f\u3000-\u9fff\uff00-\uffef]")
"""Letters of scripts that set words apart with spaces."""

_WITHIN_WORDS: Final = frozenset("’‘–—…·•/")
_BEFORE_WORDS: Final = frozenset("€£©§")
_ALPHABETS: Final = re.compile("[\u0370-\u06ff\u0e00-\u0e7f]")
"""Greek, Cyrillic, Hebrew, Arabic and Thai, of which no letter stands next to one of ASCII."""


def guessed_charset(data: bytes) -> str:
    """The codec of Python that reads the bytes best; Windows-1252 where none reads them better.

    Each charset is measured by the share of characters beyond ASCII that are letters of the
    language which the text then seems to be in, or signs where signs stand. Of those that fit as well the first is
    Windows-1252, then what charset-normalizer finds least chaotic.
    """
    data = _TAG.sub(b" ", data)
    if _fit(data, WESTERN) >= _ENOUGH:
        return WESTERN
    fits = {charset: _fit(data, charset) for charset in _CANDIDATES}
    most = max(fits.values())
    best = [charset for charset, share in fits.items() if share == most]
    if len(best) < 2 or best[0] == WESTERN:
        return best[0]
    readable = _decoded(data, best[0]).replace("\ufffd", "").encode(best[0])
    matches = from_bytes(readable, cp_isolation=best, preemptive_behaviour=False)
    return next((match.encoding for match in matches if match.encoding in best), best[0])


def _fit(data: bytes, charset: str) -> float:
    """The share in hundredths; what is no character in this charset is U+FFFD, which fits nowhere."""
    text = _decoded(data, charset)
    letters = _letters().get(identify(text).code)
    found = list(_BEYOND_ASCII.finditer(text))
    core = _CORES.get(charset, "")
    unread = text.count("\ufffd")
    fitting = sum(_fits(text, each.start(), letters) and _is_of(core, each[0]) for each in found)
    return round((fitting - _UNREAD_WEIGHT * unread) / max(1, len(found)), 2)


def _decoded(data: bytes, charset: str) -> str:
    return codecs.getincrementaldecoder(charset)("replace").decode(data)  # its end may be half of a character


def _is_of(charset: str, character: str) -> bool:
    if not charset:
        return True
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _fits(text: str, at: int, letters: re.Pattern[str] | None) -> bool:
    """Whether a character is a letter of the language, or a sign that does not stand within or before a word."""
    character = text[at]
    if letters and letters.match(character.lower()):
        before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
        is_turned = before.islower() and character.isupper()  # as Cyrillic is in the charset of another system
        return not is_turned and not (_ALPHABETS.match(character) and _LATIN.search(before + after))
    category = unicodedata.category(character)
    if category in {"Zs", "Cf"}:  # no-break spaces, soft hyphens
        return True
    if category[0] in "LMC" or character == "\ufffd":
        return False
    before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
    if character in _WITHIN_WORDS or not _SPACED.match(after):
        return True
    if category == "No":  # `2½cups`
        return before.isdigit()
    return not (_SPACED.match(before) or before.isdigit()) and (category[0] == "P" or character in _BEFORE_WORDS)


@cache
def _letters() -> dict[str, re.Pattern[str]]:
    text = resources.files("pipelines.read.charsets").joinpath("letters.yaml").read_text(encoding="utf-8")
    return {code: re.compile(f"[{letters}]") for code, letters in yaml.safe_load(text).items()}
