"""The kinds of personal data: the forms they are written in, and the checks that tell them from other numbers."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final, NamedTuple

from stdnum import iban, luhn

if TYPE_CHECKING:
    from collections.abc import Callable

HOME_REGION: Final = "US"
"""The region whose phone numbers need no country code."""

_EMAIL = re.compile(
    r"(?<![\w.%+@-])(?<!\w')(?<!//)[\w%][\w.%+'-]*@(?:[\w-]+\.)+"
    r"(?!(?:gif|jpe?g|png|svg|webp)\b)[^\W\d_]{2,}\b(?!:[^\s)]|-\w)"
)
"""An e-mail address; neither `git@host.org:path` nor `icon@2x.png` is one."""

_CARD = re.compile(
    r"(?<![\w/.])[2-6][0-9]{3}(?:[0-9]{9,15}|(?P<gap>[ -])(?:[0-9]{6}(?P=gap)[0-9]{4,5}"
    r"|(?:[0-9]{4}(?P=gap)){2}[0-9]{1,4}(?:(?P=gap)[0-9]{3})?))(?!\w)"
)
"""A card number in one run or in the groups on the card; not after a slash, since web addresses end in ids, and Luhn's
check accepts a tenth of these."""

_CARD_NETWORK = re.compile(
    r"""4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})  # Visa
    |(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}  # Mastercard
    |3[47][0-9]{13}  # American Express
    |3(?:0[0-5]|[689][0-9])[0-9]{11,16}  # Diners Club
    |(?:352[89]|35[3-8][0-9]|6011|62[0-9]{2}|64[4-9][0-9]|65[0-9]{2})[0-9]{12,15}  # JCB, Discover, UnionPay
    """,
    re.VERBOSE,
)
"""Prefixes and lengths of card numbers (ISO/IEC 7812), as the networks publish them."""

_IBAN = re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_IPV4 = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:.])[23][0-9A-Fa-f]{3}:(?:[0-9A-Fa-f]{0,4}:){1,6}(?:[0-9A-Fa-f]{1,4}|(?<=::))(?![\w:])")
"""An IPv6 address in 2000::/3, which holds all global ones."""

_PHONE = re.compile(
    r"(?<![\w/=.,#&%+-])(?:\+[0-9(][0-9 ()./\u2010-\u2015-]{5,22}[0-9]"
    r"|(?:1[ .-])?(?:\([2-9][0-9]{2}\)[ -]?|[2-9][0-9]{2}[ ./\u2010-\u2015-])[2-9][0-9]{2}"
    r"[ .\u2010-\u2015-]?[0-9]{4})(?![0-9])"
)
"""A phone number: with a country code in any groups, without one in those of North America, where `HOME_REGION` is."""

_EXTENSION = 12
"""How many characters may follow the digits of a phone number, as ` ext. 12345` does."""

_LAST_GROUP = re.compile(r"[ -][^ -]*\Z")
_ONE_DIGIT = re.compile(r"\b[0-9]\b")


class PiiKind(NamedTuple):
    """A kind of personal data.

    Attributes:
        name: the name that masks it.
        candidate: the pattern of its candidates.
        span: the part of a candidate that is personal data; if none is, an empty span from where to search on.
    """

    name: str
    candidate: re.Pattern[str]
    span: Callable[[re.Match[str]], tuple[int, int]]


def _card_span(found: re.Match[str]) -> tuple[int, int]:
    return _valid_groups(found, _is_card)


def _iban_span(found: re.Match[str]) -> tuple[int, int]:
    return _valid_groups(found, iban.is_valid)


def _is_card(number: str) -> bool:
    digits = number.replace(" ", "").replace("-", "")
    return _CARD_NETWORK.fullmatch(digits) is not None and luhn.is_valid(digits)


def _valid_groups(found: re.Match[str], is_valid: Callable[[str], bool]) -> tuple[int, int]:
    """The span of the candidate's first groups that are valid together, since other numbers may follow them."""
    number = found[0]
    while not is_valid(number):
        last = _LAST_GROUP.search(number)
        if not last:
            return found.start() + 1, found.start() + 1
        number = number[: last.start()]
    return found.start(), found.start() + len(number)


def _ip_span(found: re.Match[str]) -> tuple[int, int]:
    address = found[0]
    try:
        if ":" in address:
            is_address = IPv6Address(address).is_global
        else:
            is_address = len(_ONE_DIGIT.findall(address)) < 2 and IPv4Address(address).is_global
    except AddressValueError:
        is_address = False
    return (found.start() if is_address else found.end()), found.end()


def _phone_span(found: re.Match[str]) -> tuple[int, int]:
    # Imported here because it takes 0.1 s, and most jobs mask nothing.
    from phonenumbers import Leniency, PhoneNumberMatcher  # noqa: PLC0415

    start, end = found.span()
    text = found.string[start : end + _EXTENSION]
    for number in PhoneNumberMatcher(text, HOME_REGION, leniency=Leniency.STRICT_GROUPING):
        written = number.raw_string
        if number.start >= end - start:
            break
        if not written.isdigit():
            unclosed = written.startswith("(") and ")" not in written
            return start + number.start + unclosed, start + number.end
    return end, end


EMAIL: Final = PiiKind("EMAIL", _EMAIL, lambda found: found.span())
IBAN: Final = PiiKind("IBAN", _IBAN, _iban_span)
CARD_NUMBER: Final = PiiKind("CARD", _CARD, _card_span)
IPV4: Final = PiiKind("IP", _IPV4, _ip_span)
IPV6: Final = PiiKind("IP", _IPV6, _ip_span)
PHONE: Final = PiiKind("PHONE", _PHONE, _phone_span)
