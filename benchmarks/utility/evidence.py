"""Finds the words that are typical of a class, and which words a variation exchanged."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TELLING, FEWEST_POSTS = 1.0, 2
"""A word is typical of a class from this log ratio on, if at least this many posts of the class have it."""


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


class ClassWords:
    """Measures how much more frequent a class is among the posts with a word than among all posts."""

    def __init__(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        self._posts = Counter(labels)
        self._of_class: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text, label in zip(texts, labels, strict=True):
            self._of_class[label].update(set(words_of(text)))
        self._of_all = sum(self._of_class.values(), Counter[str]())

    def log_ratio(self, word: str, label: str, *, own: bool = False) -> float:
        """Returns the log of that ratio; one average post is added to those with the word, so an unknown word has 0.

        With `own`, one post of the class with the word does not count: the one in which the word was found.
        """
        share = (self._posts[label] - own) / (self._posts.total() - own)
        in_class, in_all = self._of_class[label][word] - own, self._of_all[word] - own
        return math.log((in_class + share) / (in_all + 1) / share)

    def telling(self, label: str) -> list[str]:
        """Returns the words that are typical of a class, in alphabetical order."""
        frequent = sorted(word for word, posts in self._of_class[label].items() if posts >= FEWEST_POSTS)
        return [word for word in frequent if self.log_ratio(word, label) >= TELLING]


def exchanged(source: str, varied: str) -> tuple[list[str], list[str]]:
    """Returns the words that a variation lost, and those that it gained."""
    before, after = words_of(source), words_of(varied)
    lost: list[str] = []
    gained: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            lost += before[a:b]
            gained += after[c:d]
    return lost, gained
