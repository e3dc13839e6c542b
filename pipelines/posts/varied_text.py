"""Separates the marker of a block from its text, which may be varied."""

from __future__ import annotations

import re

from pipelines.posts.post import VARIED_KINDS, Block

_MARKER = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+|>\s+")


def split_marker(block: Block) -> tuple[str, str]:
    """Returns the block's marker (`- `, `1. `, `> `, or nothing) and its text that may be varied.

    A block of a kind that is not varied is all marker.
    """
    if block.kind not in VARIED_KINDS:
        return block.text, ""
    marker = _MARKER.match(block.text) if block.kind != "paragraph" else None
    return (marker[0], block.text[marker.end() :]) if marker else ("", block.text)
