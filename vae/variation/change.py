"""How much of a text another one changes."""

from __future__ import annotations

from difflib import SequenceMatcher


def changed_words(source: str, text: str) -> float:
    """Share of changed words, 0 (the same words in the same order) to 1 (no word in common).

    1 - 2M/T, M words matched in order by difflib and T words in both: half of what was cut and put in.
    """
    return 1.0 - SequenceMatcher(None, source.split(), text.split(), autojunk=False).ratio()
