"""Finds the words that tell a class, and what variations do to them."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TELLING, FEWEST_POSTS = 1.0, 2
"""A word tells a class if its log ratio is so large and so many posts of the class hold it."""


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


class ClassWords:
    """How much more frequent a class is among the posts that hold a word than among all posts."""

    def __init__(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        self._posts = Counter(labels)
        self._of_class: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text, label in zip(texts, labels, strict=True):
            self._of_class[label].update(set(words_of(text)))
        self._of_all = sum(self._of_class.values(), Counter[str]())

    def log_ratio(self, word: str, label: str, *, own: bool = False) -> float:
        """The log of that ratio, with one average post added to those that hold the word; 0 for an unknown word.

        `own`: one post of the class that holds the word is not counted, the one that the word was met in.
        """
        share = (self._posts[label] - own) / (self._posts.total() - own)
        here, held = self._of_class[label][word] - own, self._of_all[word] - own
        return math.log((here + share) / (held + 1) / share)

    def telling(self, label: str) -> list[str]:
        """The words that tell a class, in alphabetical order."""
        held = sorted(word for word, posts in self._of_class[label].items() if posts >= FEWEST_POSTS)
        return [word for word in held if self.log_ratio(word, label) >= TELLING]


def exchanged(source: str, varied: str) -> tuple[list[str], list[str]]:
    """The words that a text lost, and those that it gained."""
    before, after = words_of(source), words_of(varied)
    left: list[str] = []
    came: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            left += before[a:b]
            came += after[c:d]
    return left, came
