"""Counts which phrases replaced which others between two versions of a sentence."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TOKEN = re.compile(r"\w+(?:['.-]\w+)*|[^\w\s]")
_LONGEST = 5
"""The most words of a phrase."""

GAP = 2
"""The most unchanged words between two differences in one phrase, as in "enables you to": "lets you"."""

Phrases = tuple[str, str]
"""An old phrase and the new one that replaced it."""


@dataclass(frozen=True)
class PhraseCounts:
    """The counts of phrases in revisions.

    `pairs`: sentences in which the first phrase became the second; `sources`: owners of those sentences; `unchanged`:
    revised sentences that kept a phrase.
    """

    pairs: Counter[Phrases] = field(default_factory=Counter)
    sources: dict[Phrases, set[str]] = field(default_factory=lambda: defaultdict(set))
    unchanged: Counter[str] = field(default_factory=Counter)


def count_phrases(revisions: Iterable[Mapping[str, str]]) -> PhraseCounts:
    """Counts the phrases that were exchanged in rows with `old`, `new` and `source` ("owner/name").

    All sources of one owner count as one.
    """
    counts, sentences = PhraseCounts(), []
    for row in revisions:
        old, new = (TOKEN.findall(row[side].lower().replace("’", "'")) for side in ("old", "new"))
        sentences.append((old, new))
        for pair in set(exchanged(old, new)):
            counts.pairs[pair] += 1
            counts.sources[pair].add(row["source"].partition("/")[0])
    olds = {old for old, _ in counts.pairs}
    for old, new in sentences:
        counts.unchanged.update(olds & set(_phrases(old)) & set(_phrases(new)))
    return counts


def exchanged(old: list[str], new: list[str]) -> Iterator[Phrases]:
    """Yields pairs of phrases that differ between two lists of words.

    Words that were only removed or only added are given with words around them: "in order to", "to".
    """
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changes = [block[1:] for block in blocks if block[0] != "equal"]
    for first, (start, _, new_start, _) in enumerate(changes):
        for last in range(first, len(changes)):
            _, end, _, new_end = changes[last]
            if last > first and changes[last][0] - changes[last - 1][1] > GAP:
                break
            both = end > start and new_end > new_start
            for before, after in [(0, 0)] if both else [(1, 0), (0, 1), (1, 1), (2, 0), (0, 2)]:
                if before <= min(start, new_start):
                    phrases = old[start - before : end + after], new[new_start - before : new_end + after]
                    if all(_is_phrase(phrase) for phrase in phrases) and phrases[0] != phrases[1]:
                        yield " ".join(phrases[0]), " ".join(phrases[1])


def _is_phrase(words: list[str]) -> bool:
    """Returns whether the words can be a phrase: few enough, and no punctuation among them."""
    return 0 < len(words) <= _LONGEST and all(word[0].isalpha() for word in words)


def _phrases(words: list[str]) -> Iterator[str]:
    """Yields all phrases in a sentence."""
    for start, size in product(range(len(words)), range(1, _LONGEST + 1)):
        if start + size <= len(words):
            yield " ".join(words[start : start + size])
