"""Decoded tries laid over their source: the edits the corpus knows best are taken, as many as are wanted.

A latent near a text decodes to the text with some words exchanged. Some exchanges are good, some are slips: half
words, or words that never stood together. Each edit is judged by itself, so that one slip does not cost the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from vae.lexicon import EDGE, SENTENCE_END

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vae.lexicon import Lexicon

LONGEST = 3
"""Words an edit may change: what is longer is another sentence, not another word."""

LENGTH_DIFFERENCE = 2
"""Words by which an edit may be longer or shorter than what it replaces."""

KNOWN_PAIRS = 0.6
"""An edit's words and neighbours make pairs; at least this share of them stood side by side in the corpus: both pairs
of a single word. At a half, more words change and the text reads worse (docs/results.md)."""

_KEPT = re.compile(r"<(?:url|code|num)>|[\[\]`|]")
_HEAD = re.compile(r"^[\"'“‘(]*")
_TAIL = re.compile(r"[.,;:!?…\"'”’)]*$")
_PLAIN = re.compile(r"[\"'“‘(]*\w(?:.*\w)?[.,;:!?…\"'”’)]*")


@dataclass(frozen=True)
class Edit:
    """Words `start` to `end` of the source, and what stands there instead; `known` share of its pairs is known."""

    start: int
    end: int
    words: tuple[str, ...]
    known: float

    @property
    def size(self) -> int:
        """Words it changes."""
        return max(self.end - self.start, len(self.words))


def splice(source: str, tries: Sequence[str], lexicon: Lexicon, *, budget: float) -> str:
    """The source with the best known edits of its tries, up to about `budget` changed words; all texts masked.

    Words with placeholders or brackets stay. An edit keeps the punctuation and the capital that its place had. Of
    edits known alike, shorter ones come first, then those of earlier tries.
    """
    words = source.split()
    found = dict.fromkeys(edit for decoded in tries for edit in edits(words, decoded.split(), lexicon))
    taken: list[Edit] = []
    changed = 0
    for edit in sorted(found, key=lambda edit: (-edit.known, edit.size)):
        apart = all(edit.end < other.start or other.end < edit.start for other in taken)
        if apart and abs(changed + edit.size - budget) < abs(changed - budget):
            taken.append(edit)
            changed += edit.size
    for edit in sorted(taken, key=lambda edit: -edit.start):
        words[edit.start : edit.end] = edit.words
    return " ".join(words)


def edits(old: Sequence[str], new: Sequence[str], lexicon: Lexicon) -> Iterator[Edit]:
    """The edits between two word sequences that may be made."""
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        begins = start == 0 or bool(SENTENCE_END.search(old[start - 1]))
        ends = end == len(old) or (end > start and bool(SENTENCE_END.search(old[end - 1])))
        before, after = EDGE if begins else old[start - 1], EDGE if ends else old[end]
        words = _fitted(old[start:end], new[new_start:new_end], begins=begins)
        allowed = words != list(old[start:end]) and _allowed(old[start:end], words, begins=begins)
        if allowed and lexicon.knows_words(words):
            pairs = list(pairwise([before, *words, after]))
            known = sum(lexicon.knows_pair(*pair) for pair in pairs) / len(pairs)
            if known >= KNOWN_PAIRS:
                yield Edit(start, end, tuple(words), known)


def _allowed(replaced: Sequence[str], words: Sequence[str], *, begins: bool) -> bool:
    if max(len(words), len(replaced)) > LONGEST or abs(len(words) - len(replaced)) > LENGTH_DIFFERENCE:
        return False
    if any(_KEPT.search(word) for word in (*replaced, *words)) or not all(_PLAIN.fullmatch(word) for word in words):
        return False
    # Words that only go or only come there would take a capital or a mark along, or leave it at the wrong word.
    if (not words and (_tail(replaced[-1]) or _head(replaced[0]))) or (begins and not (words and replaced)):
        return False
    # A full stop inside an edit would end a sentence where the source goes on, or join two.
    return not any(SENTENCE_END.search(word) for word in (*replaced[:-1], *words[:-1]))


def _fitted(replaced: Sequence[str], words: Sequence[str], *, begins: bool) -> list[str]:
    """The words with the outer punctuation and the first one's capital as the replaced words had them."""
    if not words:
        return []
    fitted = [*words[:-1], _TAIL.sub("", words[-1]) + (_tail(replaced[-1]) if replaced else "")]
    fitted[0] = (_head(replaced[0]) if replaced else "") + _HEAD.sub("", fitted[0])
    head = len(_head(fitted[0]))
    if begins and replaced and replaced[0][head : head + 1].isupper():
        fitted[0] = fitted[0][:head] + fitted[0][head : head + 1].upper() + fitted[0][head + 1 :]
    return [word for word in fitted if word]


def _head(word: str) -> str:
    match = _HEAD.search(word)
    return match[0] if match else ""


def _tail(word: str) -> str:
    match = _TAIL.search(word)
    return match[0] if match else ""
