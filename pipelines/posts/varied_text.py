"""Which words of a block may be varied: the block without its marker."""

from __future__ import annotations

import re

from pipelines.posts.post import VARIED_KINDS, Block

_MARKER = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+|>\s+")


def split_marker(block: Block) -> tuple[str, str]:
    """The block's marker (`- `, `1. `, `> `, or nothing) and its words; no words for a kind that is kept."""
    if block.kind not in VARIED_KINDS:
        return block.text, ""
    marker = _MARKER.match(block.text) if block.kind != "paragraph" else None
    return (marker[0], block.text[marker.end() :]) if marker else ("", block.text)
