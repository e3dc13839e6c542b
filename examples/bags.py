"""Texts as bags of words: which words of a vocabulary each of them has."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torch import Tensor

WORD = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)?")
LEAST_TEXTS, MOST_SHARE = 3, 0.25
"""A word of fewer texts is too rare to learn; one of a larger share of them tells nothing of what a text is about."""


@dataclass(frozen=True)
class Vocabulary:
    """Words in alphabetical order."""

    words: Sequence[str]

    @classmethod
    def of(cls, texts: Sequence[str], *, most: int) -> Vocabulary:
        """The `most` words that are in the most texts, of those that are in enough and not in too many."""
        counts = Counter(word for text in texts for word in sorted(_words(text)))
        kept = [word for word, count in counts.most_common() if LEAST_TEXTS <= count <= MOST_SHARE * len(texts)]
        return cls(sorted(kept[:most]))

    def bags(self, texts: Iterable[str]) -> Tensor:
        """1 where a text has a word, else 0: (texts, words)."""
        found = [_words(text) for text in texts]
        return torch.tensor([[float(word in each) for word in self.words] for each in found])


def _words(text: str) -> set[str]:
    return set(WORD.findall(text.casefold()))
