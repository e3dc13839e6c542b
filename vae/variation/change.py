"""Measures how much of a text another one changes."""

from __future__ import annotations

from difflib import SequenceMatcher


def changed_words(source: str, text: str) -> float:
    """Returns the share of changed words, from 0 (the same words in the same order) to 1 (no word in common).

    It is 1 - 2M/T, where difflib matches M words in order, and both texts together have T words.
    """
    return 1.0 - SequenceMatcher(None, source.split(), text.split(), autojunk=False).ratio()
