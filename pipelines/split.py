"""Which split a text belongs to, by its content alone: twins stay together and growth moves nothing."""

from __future__ import annotations

import hashlib

SPLITS = ("train", "validation", "test")

HELD_OUT = 0.05
"""Share of the posts in each of test and validation."""


def split_of(content_sha256: str, *, seed: int) -> str:
    """One of SPLITS."""
    share = unit_interval(f"{seed} split {content_sha256}")
    if share < HELD_OUT:
        return "test"
    return "validation" if share < 2 * HELD_OUT else "train"


def unit_interval(text: str) -> float:
    """A number in [0, 1) that follows from the text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
