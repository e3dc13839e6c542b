"""Joins the lines of a paragraph in Chinese or Japanese without spaces."""

from __future__ import annotations

import re

_WIDE = (
    "[\u2e80-\u2fff\u3001-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff9f"
    "\U00020000-\U0003ffff]"
)
_BEFORE_WIDE = re.compile(rf"\n[ \t]*{_WIDE}")
_BREAK_IN_WIDE = re.compile(rf"(?<={_WIDE})[ \t]*\n[ \t]*(?={_WIDE})")
"""A line break between Chinese or Japanese characters, which are set without spaces: it is no space (CSS Text 3,
section 4.1.3, where Korean is an exception, too)."""


def without_wide_breaks(text: str) -> str:
    """The text without the line breaks that stand between two Chinese or Japanese characters."""
    return text if text.isascii() or not _BEFORE_WIDE.search(text) else _BREAK_IN_WIDE.sub("", text)
