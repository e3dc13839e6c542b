"""Assigns posts to splits by their ids alone, so that neither growth nor a corrected word moves a post."""

from __future__ import annotations

import hashlib

SPLITS = ("train", "validation", "test")

_HELD_OUT = 0.05
"""Share of the posts in test, and as many in validation."""


def id_key(post_id: str) -> int:
    """Returns the hash of a post's id, of 64 bits."""
    return int.from_bytes(hashlib.sha256(post_id.encode()).digest()[:8], "little")


def split_of(key: int, *, seed: int) -> str:
    """Returns the split, one of SPLITS, of the post with this `id_key`."""
    share = unit_interval(f"{seed} split {key}")
    if share < _HELD_OUT:
        return "test"
    return "validation" if share < 2 * _HELD_OUT else "train"


def unit_interval(text: str) -> float:
    """Hashes the text to a number in [0, 1)."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
