"""What decoded tries of a text would change in it, edit by edit.

A latent near a text decodes to the text with some words exchanged. Some exchanges are good, some are slips: half
words, or words that never stood together. Each edit is judged by itself, so that one slip does not cost the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from vae.ngrams import SENTENCE_END, bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST = 6
"""Words an edit may change: what is longer is another sentence, not another word."""

LENGTH_DIFFERENCE = 2
"""Words by which an edit may be longer or shorter than what it replaces."""

NEGATIONS = (
    "not",
    "no",
    "never",
    "none",
    "nor",
    "neither",
    "without",
    "cannot",
    "nobody",
    "nothing",
    "nowhere",
    "hardly",
)
NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million"),
    *("billion", "dozen", "half", "once", "twice", "first", "second", "third", "fourth", "fifth", "last"),
)
PRONOUNS = (
    *("i", "me", "my", "mine", "we", "us", "our", "ours", "you", "your", "yours", "he", "him", "his", "she", "her"),
    *("hers", "it", "its", "they", "them", "their", "theirs"),
)
ARTICLES = ("a", "an")
FACTS = frozenset((*NEGATIONS, *NUMBERS, *PRONOUNS, *ARTICLES))
"""English words that an edit neither takes nor brings, alone or in "two-day": what a text says turns on them. (Digits
are placeholders.)"""

_KEPT = re.compile(r"<(?:url|code|num)>|[\[\]`|]")
_HEAD = re.compile(r"^[\"'“‘(]*")
_TAIL = re.compile(r"[.,;:!?…\"'”’)]*$")
_PLAIN = re.compile(r"[\"'“‘(]*\w(?:.*\w)?[.,;:!?…\"'”’)]*")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ]")


@dataclass(frozen=True)
class Edit:
    """Words `start` to `end` of the source, and what stands there instead; neither is empty."""

    start: int
    end: int
    words: tuple[str, ...]

    @property
    def size(self) -> int:
        """Words it changes."""
        return max(self.end - self.start, len(self.words))


def edits(old: Sequence[str], tries: Iterable[Sequence[str]], *, kept: frozenset[str], names: bool) -> list[Edit]:
    """The edits that may be made, each once; they keep the punctuation and capital of their place.

    Args:
        old: words of the source, masked.
        tries: words of each try.
        kept: words, bare, that no edit may touch.
        names: whether names stay: words with a capital that no sentence's beginning gave them.
    """
    found = dict.fromkeys(difference for new in tries for difference in _differences(old, new))
    made = (_edit(old, *difference, kept=kept, names=names) for difference in found)
    return list(dict.fromkeys(edit for edit in made if edit))


def _differences(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """What stands elsewhere in place of which words; for runs of as many words also word by word."""
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "replace":  # words that only go or only come mostly leave a hole or fill none
            continue
        yield start, end, tuple(new[new_start:new_end])
        if end - start == new_end - new_start > 1:
            for place in range(end - start):
                yield start + place, start + place + 1, (new[new_start + place],)


def _edit(
    old: Sequence[str], start: int, end: int, new: tuple[str, ...], *, kept: frozenset[str], names: bool
) -> Edit | None:
    replaced = tuple(old[start:end])
    if not _comparable(replaced, new):
        return None
    begins = start == 0 or bool(SENTENCE_END.search(old[start - 1]))
    words = _fitted(replaced, new, begins=begins)
    agrees = start == 0 or bare(old[start - 1]) not in ARTICLES or _vowel(replaced) == _vowel(words)
    if not (words and agrees) or not all(_PLAIN.fullmatch(word) for word in words) or _touches(replaced, words, kept):
        return None
    if (names and _names(replaced, begins=begins)) or _names(words, begins=begins):
        return None
    return Edit(start, end, tuple(words))


def _vowel(words: Sequence[str]) -> bool:
    return bare(words[0])[:1] in set("aeiou") if words else False


def _facts(words: Sequence[str]) -> list[str]:
    plain = [part for word in words for part in bare(word).replace("’", "'").split("-")]
    return [part for part in plain if part in FACTS or part.endswith("n't") or part.split("'")[0] in PRONOUNS]


def _touches(replaced: Sequence[str], words: Sequence[str], kept: frozenset[str]) -> bool:
    """Whether an edit takes what is kept, changes facts, moves a word it keeps, or brings a lone letter."""
    old, new = {bare(word) for word in replaced}, {bare(word) for word in words}
    letter = any(len(word) == 1 for word in new)
    return bool(old & kept or old & new or letter or _facts(replaced) != _facts(words))


def _names(words: Sequence[str], *, begins: bool) -> bool:
    """Whether a word has a capital that is not due to its place."""
    plain = [bare_case(word) for word in words]
    if begins:
        plain[0] = plain[0][1:]
    return any(_CAPITAL.search(word) for word in plain)


def bare_case(word: str) -> str:
    """A word without outer punctuation, its case as it is."""
    return _TAIL.sub("", _HEAD.sub("", word))


def _comparable(replaced: Sequence[str], words: Sequence[str]) -> bool:
    """Whether both are of like length, without what stays and without marks inside."""
    if max(len(words), len(replaced)) > LONGEST or abs(len(words) - len(replaced)) > LENGTH_DIFFERENCE:
        return False
    # Marks inside an edit would end a clause where the source goes on, or join two.
    marked = any(map(_tail, (*replaced[:-1], *words[:-1]))) or any(map(_head, (*replaced[1:], *words[1:])))
    return not (marked or any(_KEPT.search(word) for word in (*replaced, *words)))


def _fitted(replaced: Sequence[str], words: Sequence[str], *, begins: bool) -> list[str]:
    """The words with the outer punctuation and the first one's capital as the replaced words had them."""
    fitted = [*words[:-1], _TAIL.sub("", words[-1]) + _tail(replaced[-1])]
    fitted[0] = _head(replaced[0]) + _HEAD.sub("", fitted[0])
    fitted = [word for word in fitted if word]
    head = len(_head(replaced[0]))
    if begins and fitted and replaced[0][head : head + 1].isupper():
        fitted[0] = fitted[0][:head] + fitted[0][head : head + 1].upper() + fitted[0][head + 1 :]
    return fitted


def _head(word: str) -> str:
    match = _HEAD.search(word)
    return match[0] if match else ""


def _tail(word: str) -> str:
    match = _TAIL.search(word)
    return match[0] if match else ""
