"""Finds contractions that a table of rewordings lacks, by analogy to those it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vae.language.rewordings import Reworded

APOSTROPHE = "'"
_WHOLE = 3
"""Least length of an ending that stands for one word alone: "'ll" is will, but "'d" is both had and would."""


def contractions(table: Mapping[str, tuple[Reworded, ...]], words: frozenset[str]) -> dict[str, tuple[Reworded, ...]]:
    """Returns rewordings from full forms to contractions and back, by the phrase replaced; none that `table` holds.

    The table rewords "you're" as "you are", so "they're" is reworded as "they are" and the other way round. A
    contraction whose ending may stand for several words ("they'd") is proposed, but never spelt out.

    Args:
        table: rewordings by the phrase replaced.
        words: function words in lower case.
    """
    endings: dict[str, tuple[str, Reworded]] = {}
    for old, rewordings in table.items():
        for reworded in rewordings:
            stem, _, rest = reworded.new.partition(" ")
            if APOSTROPHE in old and old.startswith(stem) and rest and " " not in rest:
                endings.setdefault(old.removeprefix(stem), (rest, reworded))
    derived: dict[str, tuple[Reworded, ...]] = {}
    for word in sorted(words):
        for ending, (rest, model) in endings.items():
            stem = word.removesuffix(ending)
            if stem == word or stem not in words:
                continue
            full = f"{stem} {rest}"
            derived.setdefault(full, (model._replace(new=word),))
            if len(ending) >= _WHOLE:
                derived.setdefault(word, (model._replace(new=full),))
    return {old: rewordings for old, rewordings in derived.items() if old not in table}
