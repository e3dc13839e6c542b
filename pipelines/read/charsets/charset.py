from __future__ import annotations

import codecs
import re
from typing import Final

from pipelines.read.charsets.decoding import UTF16_MARKS
from pipelines.read.charsets.guessed_charset import WESTERN, guessed_charset

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
"""For each label of the WHATWG Encoding Standard (section 4.2) the Python codec that reads what browsers read."""

_HIGH = re.compile(rb"[\x80-\xff]+")
_ASCII = re.compile(rb"[\x00-\x7f]*")
_FEWEST_HIGH: Final = 4
"""The fewest bytes beyond ASCII that tell a charset; fewer may be a single name or sign."""

_FEWEST_IN_RECORDS: Final = 12
"""The same for a table: rows of ASCII may have some stray bytes, and a table in another charset soon has more."""

_UTF8_SHARE: Final = 0.8
_SAMPLE_BYTES: Final = 1 << 12


def charset_of(data: bytes, *, is_html: bool) -> str:
    """The Python codec to read a text file with: the one its HTML or XML declares, else the one it seems to be in.

    It is '' for UTF-8, also with stray bytes, and for a text that is too short to tell.
    """
    declared = _declared(data) if is_html else ""
    if declared == "iso2022_jp" and b"\x1b" in data:
        return declared
    if data.isascii() or _is_utf8(data):
        return ""
    return declared or _detected(data, fewest=_FEWEST_HIGH)


def charset_of_records(begin: bytes) -> str:
    """The codec for a file of records, by its first bytes, which may end amid a character; '' as in `charset_of`."""
    if begin.isascii() or begin.startswith(UTF16_MARKS) or _is_utf8(begin, whole=False):
        return ""
    return _detected(begin, fewest=_FEWEST_IN_RECORDS)


def _declared(data: bytes) -> str:
    found = _DECLARED.search(data[:_PRESCAN_BYTES])
    return _CODECS.get((found[1] or found[2]).decode("ascii", "replace").lower(), "") if found else ""


def _is_utf8(data: bytes, *, whole: bool = True) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _detected(data: bytes, *, fewest: int) -> str:
    """The guessed charset; '' where nearly all bytes beyond ASCII are UTF-8, for then the others are stray."""
    lines = _lines_beyond_ascii(data)
    high = _HIGH.findall(lines)
    if sum(map(len, high)) < fewest or b"\0" in lines or _looks_like_utf8(lines, high):
        return ""
    charset = guessed_charset(lines)
    return "" if charset == WESTERN else charset


def _lines_beyond_ascii(data: bytes) -> bytes:
    """The first lines with bytes beyond ASCII, as many as are needed to tell the charset; the last may be cut."""
    lines, size = [], 0
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            lines.append(line[_ASCII.match(line).end() :] if size + len(line) > _SAMPLE_BYTES else line)  # type: ignore[union-attr]
            size += len(lines[-1])
            if size > _SAMPLE_BYTES:
                break
    return b"".join(lines)[:_SAMPLE_BYTES]


def _looks_like_utf8(data: bytes, high: list[bytes]) -> bool:
    """Whether nearly all bytes beyond ASCII are UTF-8; in Japanese EUC-JP more than half may look like it."""
    text = data.decode("utf-8", "ignore")
    kept = sum(len(each.encode()) for each in text if not each.isascii())
    return kept > _UTF8_SHARE * sum(map(len, high))
