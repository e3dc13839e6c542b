"""The words of a masked segment, and which pieces each of them is."""

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
    """The words between white space of a segment, `words`, and of each the pieces of the segment it is.

    `spans[i]` is (start, end) of the bare word i, without the marks around it, among the segment's pieces; None where
    its pieces are not its own, as of a word behind a bracket.
    """

    words: tuple[str, ...]
    spans: tuple[tuple[int, int] | None, ...]

    def __len__(self) -> int:
        return len(self.words)

    def begins_sentence(self, place: int) -> bool:
        """Whether a capital is due to the place alone."""
        return place == 0 or bool(SENTENCE_END.search(self.words[place - 1]))


def words_of(segment: Segment, tokenizer: Tokenizer) -> Words:
    """The words of a segment's masked text."""
    words = segment.protected.masked.split()
    cores = [bare_case(word) for word in words]
    rows = tokenizer.encode([*words, *cores])
    spans: list[tuple[int, int] | None] = []
    start = 0
    for word, core, pieces, own in zip(words, cores, rows, rows[len(words) :], strict=False):
        whole = core and word.startswith(core) and pieces[: len(own)] == own
        spans.append((start, start + len(own)) if whole else None)
        start += len(pieces)
    known = start == len(segment.ids)
    return Words(tuple(words), tuple(spans) if known else (None,) * len(words))


def bare_case(word: str) -> str:
    """A word without the marks around it, its case as it is."""
    return _TAIL.sub("", _HEAD.sub("", word))


def bare(word: str) -> str:
    """A word without the marks around it, in lower case."""
    return bare_case(word).casefold()


def split_marks(word: str) -> tuple[str, str]:
    """A word without the marks behind it, and these."""
    core = _TAIL.sub("", word)
    return core, word[len(core) :]


def fitted(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """The bare words `new` with the marks around the words `old`, and a capital where those begin with one."""
    head, tail = _HEAD.search(old[0]), _TAIL.search(old[-1])
    first = bare_case(old[0])
    begun = [new[0][:1].upper() + new[0][1:] if first[:1].isupper() else new[0], *new[1:]]
    begun[0] = (head[0] if head else "") + begun[0]
    begun[-1] += tail[0] if tail else ""
    return tuple(begun)
