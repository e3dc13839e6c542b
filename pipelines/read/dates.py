from __future__ import annotations

import re
from datetime import date, datetime, timezone
from typing import Final

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_YEAR_FIRST = re.compile(r"\A(?P<y>\d{4})(?P<s>[-/._])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)")
_COMPACT = re.compile(r"\A(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?!\d)")
_NAMED_MONTH_FIRST = re.compile(r"\b(?P<m>[A-Za-z]{3,9})\.? +(?P<d>\d{1,2})(?:st|nd|rd|th)?,? +(?P<y>\d{4})\b")
_NAMED_DAY_FIRST = re.compile(r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)?[ ,-]+(?P<m>[A-Za-z]{3,9})[., -]+(?P<y>\d{4})\b")
_SLASHED = re.compile(r"\b(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})\b")
_DAY_FIRST = re.compile(r"\b(?P<d>\d{1,2})(?P<s>[/.])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4})\b")
_UNIX_TIME = re.compile(r"\A(?P<seconds>\d{10})(?:\d{3})?(?:\.\d+)?\Z")
_FORMS = (_YEAR_FIRST, _COMPACT, _NAMED_MONTH_FIRST, _NAMED_DAY_FIRST, _SLASHED, _DAY_FIRST)
_IN_NAME = re.compile(r"(?<!\d)(?P<y>\d{4})(?P<s>[-_/])(?P<m>\d\d)(?P=s)(?P<d>\d\d)(?!\d)")


def iso_date(text: str) -> str:
    """The calendar day a text names as YYYY-MM-DD, its clock time and zone left aside; empty if it names none.

    With slashes the month comes first, unless it can only be the day; with dots the day does. Ten digits, or
    thirteen, are the seconds or milliseconds of Unix time.
    """
    if match := _UNIX_TIME.match(text):
        return datetime.fromtimestamp(int(match["seconds"]), tz=timezone.utc).date().isoformat()
    for form in _FORMS:
        if (match := form.search(text)) and (day := _day(match)):
            return day
    return ""


def date_in_name(name: str) -> tuple[str, str]:
    """The date in a file's name, YYYY-MM-DD, and what follows it (or else precedes it); else '' and the name."""
    for match in _IN_NAME.finditer(name):
        if day := _day(match):
            return day, name[match.end() :].strip("-_") or name[: match.start()].strip("-_") or name
    return "", name


def _day(match: re.Match[str]) -> str:
    named = match["m"]
    month = int(named) if named.isdecimal() else _MONTHS.get(named[:3].lower(), 0)
    try:
        return date(int(match["y"]), month, int(match["d"])).isoformat()
    except ValueError:
        return ""
