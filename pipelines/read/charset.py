from __future__ import annotations

import re
from typing import Final

from charset_normalizer import from_bytes

_DECLARED = re.compile(
    rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([\w:.-]+)|\A[\xef\xbb\xbf\s]*<\?xml[^>]*\bencoding\s*=\s*[\"']([\w:.-]+)",
    re.IGNORECASE,
)
_PRESCAN_BYTES: Final = 4096
"""Browsers look at 1,024 (WHATWG HTML, section 13.2.3.2); many pages declare later."""

_CODECS: Final = {
    **dict.fromkeys(("ascii", "us-ascii", "iso-8859-1", "latin1", "latin-1", "iso8859-1", "windows-1252"), "cp1252"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk", "gb_2312-80", "x-gbk", "chinese", "gb18030"), "gb18030"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ks_c_5601-1989", "ksc5601", "windows-949", "korean"), "cp949"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cn-big5"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-9", "latin5", "windows-1254"), "cp1254"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874", "dos-874"), "cp874"),
    **dict.fromkeys(("macintosh", "x-mac-roman", "mac"), "mac_roman"),
    **dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian"), "mac_cyrillic"),
    **dict.fromkeys(("euc-jp", "x-euc-jp"), "euc_jp"),
    **dict.fromkeys(("koi8-r", "koi8", "koi"), "koi8_r"),
    **dict.fromkeys(("koi8-u", "koi8-ru"), "koi8_u"),
    **{f"windows-{number}": f"cp{number}" for number in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **{f"cp{number}": f"cp{number}" for number in (1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)},
    **{f"iso-8859-{part}": f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "ibm866": "cp866",
    "iso-2022-jp": "iso2022_jp",
}
"""Labels of the WHATWG Encoding Standard (section 4.2), and the codec of Python that reads what browsers read."""

_GUESSED: Final = sorted(
    {*"cp1250 cp1251 cp1252 cp1253 cp1255 cp1256 cp1257 cp874 koi8_r cp932 euc_jp gb18030 cp949 big5hkscs".split()}
    | {"iso8859_2", "iso8859_7"}
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_FEWEST_HIGH: Final = 12
"""Bytes: of fewer a detector has nothing to go by."""

_SAMPLE_BYTES: Final = 1 << 16


def charset_of(data: bytes, *, is_html: bool) -> str:
    """What a text file is to be read as, a codec of Python: what its HTML or XML declares, or what it seems to be.

    '' for UTF-8, also with stray bytes, and for what is too short to tell.
    """
    declared = _declared(data) if is_html else ""
    if declared == "iso2022_jp" and b"\x1b" in data:
        return declared
    if data.isascii() or _is_utf8(data):
        return ""
    return declared or _detected(data)


def _declared(data: bytes) -> str:
    found = _DECLARED.search(data[:_PRESCAN_BYTES])
    return _CODECS.get((found[1] or found[2]).decode("ascii", "replace").lower(), "") if found else ""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _detected(data: bytes) -> str:
    """By charset-normalizer; '' where any two bytes are a letter of UTF-8, for then others are stray."""
    high = _HIGH.findall(data[:_SAMPLE_BYTES])
    if sum(map(len, high)) < _FEWEST_HIGH or b"\0" in data[:_SAMPLE_BYTES]:
        return ""
    if _looks_like_utf8(data):
        return ""
    best = from_bytes(data[:_SAMPLE_BYTES], cp_isolation=_GUESSED, preemptive_behaviour=False).best()
    if best is None:
        return ""
    charset = _CODECS.get(best.encoding.replace("_", "-"), best.encoding)
    return "" if charset == "cp1252" else charset


def _looks_like_utf8(data: bytes) -> bool:
    """Whether most of the bytes beyond ASCII are UTF-8."""
    text = data[:_SAMPLE_BYTES].decode("utf-8", "ignore")
    kept = sum(len(each.encode()) for each in text if not each.isascii())
    return 2 * kept > sum(map(len, _HIGH.findall(data[:_SAMPLE_BYTES])))
