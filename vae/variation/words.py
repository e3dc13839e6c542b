"""Splits a masked segment into words, and finds the pieces of each; takes marks off words and puts them on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizer.segments import Segment
    from tokenizer.tokenizer import Tokenizer

_HEAD = re.compile(r"^[\"'“‘«(\[]*")
_TAIL = re.compile(r"[.,;:!?…\"'”’»)\]]*$")
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$")


@dataclass(frozen=True)
class Words:
    """The `words` of a segment between white space, and the `spans` of their pieces.

    `spans[i]` is the (start, end) of word i among the pieces of the segment, without the marks around it; None if the
    word has no pieces of its own, as a word behind a bracket.
    """

    words: tuple[str, ...]
    spans: tuple[tuple[int, int] | None, ...]

    def __len__(self) -> int:
        return len(self.words)

    def begins_sentence(self, place: int) -> bool:
        """Whether the word at a place begins a sentence or the segment, and so has a capital for its place."""
        return place == 0 or bool(SENTENCE_END.search(self.words[place - 1]))


def words_of(segment: Segment, tokenizer: Tokenizer) -> Words:
    """Returns the words of the masked text of a segment."""
    words = segment.protected.masked.split()
    cores = [bare_case(word) for word in words]
    rows = tokenizer.encode([*words, *cores])
    spans: list[tuple[int, int] | None] = []
    start = 0
    for word, core, pieces, own in zip(words, cores, rows, rows[len(words) :], strict=False):
        whole = core and word.startswith(core) and pieces[: len(own)] == own
        spans.append((start, start + len(own)) if whole else None)
        start += len(pieces)
    aligned = start == len(segment.ids)
    return Words(tuple(words), tuple(spans) if aligned else (None,) * len(words))


def bare_case(word: str) -> str:
    """Returns a word without the marks around it, in its own case."""
    return _TAIL.sub("", _HEAD.sub("", word))


def bare(word: str) -> str:
    """Returns a word without the marks around it, in lower case."""
    return bare_case(word).casefold()


def split_marks(word: str) -> tuple[str, str]:
    """Returns a word without the marks behind it, and these marks."""
    core = _TAIL.sub("", word)
    return core, word[len(core) :]


def fitted(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """Returns the bare words `new` with the marks around the words `old`, and a capital if those begin with one."""
    head, tail = _HEAD.search(old[0]), _TAIL.search(old[-1])
    words = list(new)
    if bare_case(old[0])[:1].isupper():
        words[0] = words[0][:1].upper() + words[0][1:]
    words[0] = (head[0] if head else "") + words[0]
    words[-1] += tail[0] if tail else ""
    return tuple(words)
