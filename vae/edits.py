"""What was decoded around a text would change in it, edit by edit.

A latent near a text decodes to the text with some words exchanged, and tells of each place which other words could
stand there. Some exchanges are good, some are slips: half words, or words that never stood together. Each edit is
judged by itself, so that one slip does not cost the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import chain
from typing import TYPE_CHECKING

from vae.function_words import CLASSES
from vae.opposites import opposite
from vae.word_forms import same_stem
from vae.word_hashes import SENTENCE_END, bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    *("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "hundreds", "thousand"),
    *("thousands", "million", "millions", "billion", "billions", "dozen", "dozens"),
    *("half", "once", "twice", "first", "second", "third", "fourth", "fifth", "last"),
)
PRONOUNS = (
    *("i", "me", "my", "mine", "we", "us", "our", "ours", "you", "your", "yours", "he", "him", "his", "she", "her"),
    *("hers", "it", "its", "they", "them", "their", "theirs"),
)
ARTICLES = ("a", "an")
TIMES = (
    *("seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months"),
    *("quarter", "quarters", "year", "years", "decade", "decades", "century", "centuries", "today", "yesterday"),
    *("tomorrow", "tonight", "morning", "noon", "afternoon", "evening", "night", "midnight", "daily", "weekly"),
    *("monthly", "yearly", "annual", "annually", "spring", "summer", "autumn", "winter"),
)
FACTS = frozenset((*NEGATIONS, *NUMBERS, *PRONOUNS, *ARTICLES, *TIMES))
"""English words that an edit neither takes nor brings, alone or in "two-day": what a text says turns on them. (Digits
are placeholders.)"""

_KEPT = re.compile(r"<(?:url|code|num)>|[\[\]`|]")
_HEAD = re.compile(r"^[\"'“‘(]*")
_TAIL = re.compile(r"[.,;:!?…\"'”’)]*$")
_PLAIN = re.compile(r"[\"'“‘(]*\w(?:.*\w)?[.,;:!?…\"'”’)]*")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ]")


@dataclass(frozen=True)
class Edit:
    """Words `start` to `end` of the source, and what stands there instead; neither is empty.

    `log_p` is that of the first of them after the words before it, by the decoder, at most.
    """

    start: int
    end: int
    words: tuple[str, ...]
    log_p: float = field(default=0.0, compare=False)

    @property
    def size(self) -> int:
        """Words it changes."""
        return max(self.end - self.start, len(self.words))


def edits(
    old: Sequence[str],
    tries: Iterable[Sequence[str]],
    choices: Sequence[Mapping[str, float]] = (),
    *,
    kept: frozenset[str],
    names: bool,
) -> list[Edit]:
    """The edits that may be made, each once; they keep the punctuation and capital of their place.

    Args:
        old: words of the source, masked.
        tries: words of each try.
        choices: for each word of the source others, with their log p there.
        kept: words, bare, that no edit may touch.
        names: whether names stay: words with a capital that no sentence's beginning gave them.
    """
    decoded = (difference for new in tries for difference in _differences(old, new))
    chosen = ((place, place + 1, (word,)) for place, words in enumerate(choices) for word in words)
    made = (_edit(old, *each, kept=kept, names=names) for each in dict.fromkeys(chain(decoded, chosen)))
    there = {bare(word) for word in old}
    found = dict.fromkeys(edit for edit in made if edit and not there & content_words(edit))
    return [replace(edit, log_p=_log_p(edit, choices)) for edit in found]


def content_words(edit: Edit) -> set[str]:
    """The bare words that it brings, function words and facts apart: a text that repeats one reads badly."""
    return {bare(word) for word in edit.words} - CLASSES.keys() - FACTS


def _log_p(edit: Edit, choices: Sequence[Mapping[str, float]]) -> float:
    """Of its first word; of one that is not among the choices, that of the least likely of them."""
    if not choices or not choices[edit.start]:
        return 0.0
    there, first = choices[edit.start], bare(edit.words[0])
    same = (log_p for word, log_p in there.items() if bare(word) == first)
    return max(same, default=min(there.values()))


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


def _classes(plain: Sequence[str]) -> list[str]:
    split = (word.replace("’", "'").partition("'") for word in plain)
    return [CLASSES[head] + rest for head, _, rest in split if head in CLASSES]


def _touches(replaced: Sequence[str], words: Sequence[str], kept: frozenset[str]) -> bool:
    """Whether it takes what is kept, changes facts or classes, moves, inflects or turns a word, or brings a letter."""
    old, new = [bare(word) for word in replaced], [bare(word) for word in words]
    letter = any(len(word) == 1 for word in new)
    held = _facts(replaced) == _facts(words) and _classes(old) == _classes(new)
    inflects = len(old) == len(new) == 1 and same_stem(*old, *new)
    turns = any(opposite(*pair) for pair in zip(old, new, strict=False))
    return bool(kept.intersection(old) or set(old) & set(new) or letter or inflects or turns or not held)


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
