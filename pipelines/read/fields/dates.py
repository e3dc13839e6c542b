from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pipelines.read.fields.missing import known_text
from pipelines.read.fields.publication import says_no, says_yes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dateparser.date import DateDataParser

DAY_FIRST, MONTH_FIRST = "day first", "month first"

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_YEAR_FIRST = re.compile(r"\A(?P<y>\d{4})(?P<s>[-/._])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)")
_COMPACT = re.compile(r"\A(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?!\d)")
_COUNTED = re.compile(r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})")
_NAMED_MONTH_FIRST = re.compile(r"\b(?P<m>[A-Za-z]{3,9})\.? +(?P<d>\d{1,2})(?:st|nd|rd|th)?,? +(?P<y>\d{4})\b")
_NAMED_DAY_FIRST = re.compile(r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)?[ ,-]+(?P<m>[A-Za-z]{3,9})[., -]+(?P<y>\d{4})\b")
_SHORT = re.compile(r"\A(?P<d>\d{1,2})-(?P<m>[A-Za-z]{3})-(?P<y>\d\d)(?!\d)")
"""The form in which Oracle and Excel write days: `05-DEC-23`."""

_FORMS = (_YEAR_FIRST, _COMPACT, _COUNTED, _NAMED_MONTH_FIRST, _NAMED_DAY_FIRST)
_YEAR_LAST = re.compile(r"(?<![\d/.-])(?P<a>\d{1,2})(?P<s>[/.-])\s?(?P<b>\d{1,2})(?P=s)\s?(?P<y>\d{4}|\d\d)(?![\d/-])")
_UNIX_TIME = re.compile(r"\A(?P<seconds>\d{10})(?:\d{3})?(?:\.\d+)?\Z")
_IN_NAME = re.compile(
    r"(?:(?<!\d)(?P<y>\d{4})(?P<s>[-_/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)"
    r"|(?:\A|(?<=/))(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?=[-_. T]|\Z))"
    r"(?:T\d\d[-:._]?\d\d(?:[-:._]?\d\d)?Z?(?!\d))?"
)
_CLOCK = re.compile(
    r",?\s*(?:\b(?:kl|at|um|alle)\b\.?\s*)?\b\d{1,2}[:h]\d\d(?::\d\d)?(?:\s*[ap]\.?m\b\.?)?", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_WORD = re.compile(r"[^\W\d_]{2}")
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_WRITTEN_CHARACTERS: Final = 50
_UNREAD_CHARACTERS: Final = 40
_LEAP_YEAR: Final = "2020"
_DAYS: Final = 1 << 12
"""How many texts are remembered with their day: comments and short posts share their days."""
_LANGUAGES: Final = (
    "en de fr es it pt nl pl ru uk cs sv da nb fi tr hu ro el ja ko zh id vi ca"
    " ar he fa hi bn th bg sr hr sl sk lt lv et"
).split()
"""The languages tried for months in words, a selection of those that dateparser knows from the Unicode CLDR."""


class Day(NamedTuple):
    """The day that a text names.

    Attributes:
        day: YYYY-MM-DD, '' if the text names none.
        other: the day if day and month are swapped, where both readings of a date like `03/04/2020` are possible.
        mark: the sign between the numbers of such a date, if the year is last.
        order: `DAY_FIRST` or `MONTH_FIRST` where only one reading is possible, else ''.
    """

    day: str = ""
    other: str = ""
    mark: str = ""
    order: str = ""


def iso_date(text: str) -> str:
    """The calendar day that a text names, as YYYY-MM-DD, without regard to clock time and zone; '' if it names none."""
    return read_day(text).day


@lru_cache(maxsize=_DAYS)
def read_day(text: str) -> Day:
    """Reads the calendar day that a text names, without regard to clock time and zone.

    Numbers with the year last are read with the month first if slashes stand between them, else with the day first,
    unless only the other reading gives a date. Years 69 to 99 of two digits are of the 20th century, as in POSIX. Ten
    or thirteen digits are seconds or milliseconds of Unix time. Months in words are left to dateparser.
    """
    text = _with_ascii_digits(text.strip())
    if match := _UNIX_TIME.match(text):
        return Day(datetime.fromtimestamp(int(match["seconds"]), tz=timezone.utc).date().isoformat())
    for form in _FORMS:
        if (match := form.search(text)) and (day := _day(match["y"], match["m"], match["d"])):
            return Day(day)
    if match := _SHORT.match(text):
        return Day(_day(_full_year(match["y"]), match["m"], match["d"]))
    if (match := _YEAR_LAST.search(text)) and (found := _year_last(match)).day:
        return found
    return Day(_written(text)) if len(text) <= _WRITTEN_CHARACTERS else Day()


def date_fields(texts: Iterable[str], *, otherwise: str = "") -> dict[str, str]:
    """The fields of a `RawPost` that hold its day: that of the first text that names one, else `otherwise`.

    If no text names a day, the first that is not empty is kept as `date_unread`, unless it is a yes or no, as in
    `published: true`.
    """
    unread = ""
    for text in map(known_text, texts):
        day = read_day(text)
        if day.day:
            return {"date": day.day, "date_other": day.other, "date_mark": day.mark, "date_order": day.order}
        if text.strip() and not says_yes(text) and not says_no(text):
            unread = unread or " ".join(text.split())[:_UNREAD_CHARACTERS]
    return {"date": otherwise, "date_unread": "" if otherwise else unread}


def date_in_name(name: str) -> tuple[str, str]:
    """The date in a file's name, YYYY-MM-DD, and the words after (else before) it; '' and the name if it has none."""
    for match in _IN_NAME.finditer(name):
        if day := _day(match["y"] or match["year"], match["m"] or match["month"], match["d"] or match["day"]):
            return day, name[match.end() :].strip("-_. ") or name[: match.start()].strip("-_. ") or name
    return "", name


def _year_last(match: re.Match[str]) -> Day:
    year, mark = match["y"], match["s"]
    if len(year) == 2:
        year = _full_year(year)
    by_day, by_month = _day(year, match["b"], match["a"]), _day(year, match["a"], match["b"])
    if len(match["y"]) == 2 and mark == "-" and by_day:
        return Day()  # it may begin with the year
    if by_day and by_month and by_day != by_month:
        return Day(by_month, by_day, mark) if mark == "/" else Day(by_day, by_month, mark)
    order = "" if by_day == by_month else DAY_FIRST if by_day else MONTH_FIRST
    return Day(by_day or by_month, "", mark, order)


def _full_year(year: str) -> str:
    return f"{19 if int(year) > 68 else 20}{year}"


def _with_ascii_digits(text: str) -> str:
    """The text with the digits of any script as those of ASCII."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(each, each)) for each in text)


def _written(text: str) -> str:
    """Reads a day whose month is a word of one of the languages; '' if there is none."""
    year = _YEAR.search(text)
    if year is None or not _WORD.search(text):
        return ""
    words = _CLOCK.sub("", f"{text[: year.start()]}{_LEAP_YEAR}{text[year.end() :]}")
    if not _DAY.search(words):
        return ""
    month, day = _month_and_day(words)
    return _day(year[0], str(month), str(day)) if month else ""


@lru_cache(maxsize=1 << 14)
def _month_and_day(text: str) -> tuple[int, int]:
    """The month and day that a text names, (0, 0) if none.

    Parsing takes milliseconds. So results are cached, and the year is always the same one.
    """
    found: Any = _parser().get_date_data(text).date_obj
    return (found.month, found.day) if found and str(found.year) == _LEAP_YEAR else (0, 0)


@lru_cache(maxsize=1)
def _parser() -> DateDataParser:
    from dateparser.date import DateDataParser  # noqa: PLC0415  (slow to import, and seldom needed)

    settings = {"STRICT_PARSING": True, "PARSERS": ["absolute-time"], "DATE_ORDER": "DMY"}
    return DateDataParser(languages=_LANGUAGES, settings=settings)


def _day(year: str, month: str, day: str) -> str:
    number = int(month) if month.isdecimal() else _MONTHS.get(month[:3].lower(), 0)
    try:
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        return ""
