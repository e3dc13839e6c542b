"""Repairs entities that an export encoded twice."""

from __future__ import annotations

import re

from pipelines.clean.code_spans import CODE_SPANS

_NAMES = "amp apos gt hellip ldquo lsquo lt mdash nbsp ndash quot rdquo rsquo".split()
_NUMBERS = "0*(?:3[489]|60|62|160|82(?:1[126-9]|2[0-26]|30))"
_TWICE = rf"&(?:amp;)+(?=(?:{'|'.join(_NAMES)}|\#{_NUMBERS});)"
"""Entities of punctuation and spaces alone; a letter that is encoded twice is mostly meant to be shown so."""

_ENCODED_TWICE = re.compile(_TWICE)
_ENCODED_ONCE = re.compile(r"&(?!amp;)#?\w+;")
_TOKEN = re.compile(rf"{CODE_SPANS}|(?P<twice>{_TWICE})", re.DOTALL)


def encoded_once(text: str) -> str:
    """Turns `&amp;nbsp;` into `&nbsp;` and `&amp;amp;` into `&amp;`, except in code.

    A text that also has entities encoded once is left as it is: it is about entities, since a program that encodes
    twice does so throughout.
    """
    if not _ENCODED_TWICE.search(text) or _ENCODED_ONCE.search(text):
        return text
    return _TOKEN.sub(lambda token: "&" if token["twice"] else token[0], f"\n{text}")[1:]
