from __future__ import annotations

import math
from datetime import date, time
from typing import Any, Final

from pipelines.read.charsets.decoding import decode_utf8

Cell = str | list[str]

_NAME_KEYS: Final = ("name", "display_name", "displayName", "full_name", "title", "login", "username", "rendered")
"""The keys that hold the name of an author or tag given as an object; `rendered` is of WordPress's REST interface."""


def cell_of(value: Any) -> Cell:
    """Turns a value of JSON, TOML, YAML or Arrow into its text, or into the list of the texts in it.

    An object becomes its name, and a value without text becomes ''. The text can be written anywhere, unless it holds
    undecodable bytes as `decode_utf8` keeps them.
    """
    if isinstance(value, (list, tuple)):
        cells = (cell_of(item) for item in value)  # of a list in a list, as Hexo nests categories, its items
        return [text for cell in cells for text in ([cell] if isinstance(cell, str) else cell) if text]
    if isinstance(value, dict):
        named = cell_of(next((value[key] for key in _NAME_KEYS if key in value), None))
        return named if isinstance(named, str) else ""
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        text = (
            value if value.isascii() else value.encode("utf-8", "replace").decode()
        )  # JSON may halve a surrogate pair
    elif isinstance(value, bytes):
        text = decode_utf8(value)
    elif isinstance(value, (date, time)):
        text = value.isoformat()
    elif isinstance(value, bool):
        text = str(value).lower()
    elif value is None or (isinstance(value, float) and math.isnan(value)):
        text = ""
    else:
        text = str(value)
    return text.replace("\0", "")
