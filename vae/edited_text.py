"""A text while edits are made in it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from vae.ngrams import EDGE, SENTENCE_END

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.edits import Edit

CONTEXT = 2
"""Words on either side that n-grams of order 3 read."""


class EditedText:
    """The words of a masked text. Edits name places of the source, whatever was made before them."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self._ends = [bool(SENTENCE_END.search(word)) for word in words]
        self._now: list[tuple[str, ...]] = [(word,) for word in words]
        self._touched = [False] * len(words)

    def __str__(self) -> str:
        """The text as it stands."""
        return " ".join(chain.from_iterable(self._now))

    def free(self, edit: Edit) -> bool:
        """Whether no edit was made in its place."""
        return not any(self._touched[edit.start : edit.end])

    def make(self, edit: Edit) -> None:
        """Makes an edit in a free place."""
        size = edit.end - edit.start
        self._now[edit.start : edit.end] = [edit.words, *[()] * (size - 1)]
        self._touched[edit.start : edit.end] = [True] * size

    def around(self, edit: Edit) -> tuple[list[str], list[str]]:
        """The CONTEXT tokens before and behind the place of an edit, EDGE between sentences and around the text."""
        before: list[str] = []
        place = edit.start
        while len(before) < CONTEXT and place > 0:
            place -= 1
            before = [*self._now[place], *[EDGE] * self._ends[place], *before]
        behind = [EDGE] * self._ends[edit.end - 1]
        place = edit.end
        while len(behind) < CONTEXT and place < len(self.words):
            behind += [*self._now[place], *[EDGE] * self._ends[place]]
            place += 1
        return [EDGE, EDGE, *before][-CONTEXT:], [*behind, EDGE, EDGE][:CONTEXT]
