from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME_ENDS = re.compile(r"\|")
_LABEL_ENDS = re.compile(r"[|,;]")
_QUOTED = re.compile(r"(['\"])(.*?)\1\s*[,\]]")

_CELLS: Final = 1 << 12
"""How many cells are remembered: those of authors and labels repeat from post to post."""


@lru_cache(maxsize=_CELLS)
def split_names(text: str) -> tuple[str, ...]:
    """The names in one cell, written `a|b` or as a Python or JSON list; a comma may be part of a name."""
    return unique(_items(text, _NAME_ENDS))


@lru_cache(maxsize=_CELLS)
def split_labels(text: str) -> tuple[str, ...]:
    """The labels in one cell, written `a|b`, `a, b`, `a; b` or as a Python or JSON list."""
    return unique(_items(text, _LABEL_ENDS))


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """The items in their order, each once, with single spaces and without empty ones."""
    return tuple(dict.fromkeys(words for item in items if (words := " ".join(item.split()))))


def _items(text: str, ends: re.Pattern[str]) -> list[str]:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        try:
            items = json.loads(text)
        except ValueError:  # Kaggle's tables hold lists as Python prints them
            items = [item for _, item in _QUOTED.findall(text)]
        return [item for item in items if isinstance(item, str)]
    return ends.split(text)
