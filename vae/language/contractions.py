"""Contractions that a table of rewordings does not hold, by analogy to those it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vae.language.rewordings import Reworded

APOSTROPHE = "'"
_WHOLE = 3
"""Letters and apostrophe of an ending that stands for one word alone; "'d" is short for both had and would."""


def contractions(known: Mapping[str, tuple[Reworded, ...]], words: frozenset[str]) -> dict[str, tuple[Reworded, ...]]:
    """What function words with an apostrophe are short for, by phrase, and the other way round.

    "You're" becomes "you are" in the table, so "they're" is short for "they are". An ending that may stand for several
    words is put in, but not spelt out.

    Args:
        known: rewordings by the phrase replaced.
        words: function words, in small letters.
    """
    endings: dict[str, tuple[str, Reworded]] = {}
    for old, others in known.items():
        for each in others:
            stem, _, rest = each.new.partition(" ")
            if APOSTROPHE in old and old.startswith(stem) and rest and " " not in rest:
                endings.setdefault(old.removeprefix(stem), (rest, each))
    found: dict[str, tuple[Reworded, ...]] = {}
    for word in sorted(words):
        for ending, (rest, like) in endings.items():
            stem = word.removesuffix(ending)
            if stem == word or stem not in words:
                continue
            full = f"{stem} {rest}"
            found.setdefault(full, (like._replace(new=word),))
            if len(ending) >= _WHOLE:
                found.setdefault(word, (like._replace(new=full),))
    return {old: others for old, others in found.items() if old not in known}
