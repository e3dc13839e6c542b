"""Guesses the charset of undeclared bytes: the one in which their letters fit the language that they then speak."""

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
"""The commonest first: if several fit equally and charset-normalizer cannot tell them apart, the first wins."""

_CORES: Final = {"gb18030": "gb2312", "big5hkscs": "big5", "cp949": "euc_kr"}
"""The smaller charset that each large one extends. It holds all common characters; text that is really in another
charset decodes to the added, rare ones."""

_UNREAD_WEIGHT: Final = 4
"""How many misfits an undecodable byte counts: a charset that lacks what is written is seldom the right one."""

_ENOUGH: Final = 0.9
"""The share of fitting characters at which Windows-1252 is taken (chosen by us; the rest are foreign names)."""

_TAG = re.compile(rb"<!\[CDATA\[|\]\]>|</?[A-Za-z][^<>]*>")
"""Tags are left out, since names of elements are no words. No charset has these signs within a character."""

_BEYOND_ASCII = re.compile("[^\0-\x7f]")
_LATIN = re.compile("[A-Za-z]")
_SPACED = re.compile("[^\\W\\d_\u0e00-\u0e7f\u3000-\u9fff\uff00-\uffef]")
"""The letters of scripts that separate words by spaces."""

_WITHIN_WORDS: Final = frozenset("’‘–—…·•/")
_BEFORE_WORDS: Final = frozenset("€£©§")
_ALPHABETS: Final = re.compile("[\u0370-\u06ff\u0e00-\u0e7f]")
"""Greek, Cyrillic, Hebrew, Arabic and Thai, whose letters never stand next to a letter of ASCII."""


def guessed_charset(data: bytes) -> str:
    """The Python codec that reads the bytes best; Windows-1252 if none reads them better.

    A charset is measured by the share of characters beyond ASCII that fit: letters of the language which the text then
    seems to be in, or signs where signs stand. Among equals Windows-1252 wins, then the one that charset-normalizer
    finds least chaotic.
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
    """The share of fitting characters, rounded to hundredths; undecodable bytes are U+FFFD, which never fits."""
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
    """Whether a character is a letter of the language, or a sign that stands neither within nor before a word."""
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
