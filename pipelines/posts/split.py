"""Which split a post belongs to, by its id alone: neither growth nor a mended word moves it."""

from __future__ import annotations

import hashlib

SPLITS = ("train", "validation", "test")

_HELD_OUT = 0.05
"""Share of the posts in each of test and validation."""


def id_key(post_id: str) -> int:
    """A post's id in 64 bits."""
    return int.from_bytes(hashlib.sha256(post_id.encode()).digest()[:8], "little")


def split_of(key: int, *, seed: int) -> str:
    """One of SPLITS, for the post whose `id_key` is this."""
    share = unit_interval(f"{seed} split {key}")
    if share < _HELD_OUT:
        return "test"
    return "validation" if share < 2 * _HELD_OUT else "train"


def unit_interval(text: str) -> float:
    """A number in [0, 1) that follows from the text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
