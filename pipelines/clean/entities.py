"""Entities that an export encoded twice."""

from __future__ import annotations

import re

from pipelines.clean.code_spans import CODE

_NAMES = "amp apos gt hellip ldquo lsquo lt mdash nbsp ndash quot rdquo rsquo".split()
_NUMBERS = "0*(?:3[489]|60|62|160|82(?:1[126-9]|2[0-26]|30))"
_TWICE = rf"&(?:amp;)+(?=(?:{'|'.join(_NAMES)}|\#{_NUMBERS});)"
"""Of marks and spaces; a letter that is encoded twice is most often shown as an entity."""

_ENCODED_TWICE = re.compile(_TWICE)
_ENCODED_ONCE = re.compile(r"&(?!amp;)#?\w+;")
_TOKEN = re.compile(rf"{CODE}|(?P<twice>{_TWICE})", re.DOTALL)


def encoded_once(text: str) -> str:
    """The text with `&amp;nbsp;` as `&nbsp;` and `&amp;amp;` as `&amp;`, but in code.

    A text that has other entities, encoded once, is left: what encodes twice does so throughout, and this is about
    entities.
    """
    if not _ENCODED_TWICE.search(text) or _ENCODED_ONCE.search(text):
        return text
    return _TOKEN.sub(lambda token: "&" if token["twice"] else token[0], f"\n{text}")[1:]
