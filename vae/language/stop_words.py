"""Stop-word lists in Snowball's format."""

from __future__ import annotations


def read_stop_words(text: str) -> frozenset[str]:
    """Words of a list: one or more at the start of a line, what follows "|" is comment."""
    return frozenset(word for line in text.splitlines() for word in line.partition("|")[0].split())
