"""A text while edits are made in it."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from vae.edits import content_words
from vae.word_hashes import EDGE, SENTENCE_END

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vae.edits import Edit

CONTEXT = 2
"""Words on either side that n-grams of order 3 read."""


class EditedText:
    """The words of a masked text. Edits name places of the source, whatever was made before them."""

    def __init__(self, words: Sequence[str], *, banned: Sequence[str] = ()) -> None:
        """Args: banned: words or phrases, in any case, that edits may not bring."""
        self.words = tuple(words)
        self._banned = [" ".join(phrase.casefold().split()) for phrase in banned]
        self._ends = [bool(SENTENCE_END.search(word)) for word in words]
        self._now: list[tuple[str, ...]] = [(word,) for word in words]
        self._touched = [False] * len(words)
        self._brought: set[str] = set()

    def __str__(self) -> str:
        """The text as it stands."""
        return " ".join(chain.from_iterable(self._now))

    def free(self, edit: Edit) -> bool:
        """Whether no edit was made in its place or brought a content word of its, and it completes nothing banned."""
        taken = any(self._touched[edit.start : edit.end]) or self._brought & content_words(edit)
        return not (taken or self._bans(edit))

    def make(self, edit: Edit) -> None:
        """Makes an edit in a free place."""
        size = edit.end - edit.start
        self._now[edit.start : edit.end] = [edit.words, *[()] * (size - 1)]
        self._touched[edit.start : edit.end] = [True] * size
        self._brought |= content_words(edit)

    def _bans(self, edit: Edit) -> bool:
        """Whether the text would hold a banned phrase oftener than it does."""
        if not self._banned:
            return False
        now = " ".join(chain(*self._now[: edit.start], edit.words, *self._now[edit.end :])).casefold()
        was = str(self).casefold()
        return any(phrase in now and _count(phrase, now) > _count(phrase, was) for phrase in self._banned)

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


def _count(phrase: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(phrase)}(?!\w)", text))
