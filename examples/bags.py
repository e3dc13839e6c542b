"""Turns texts into bags of words: for each text, which words of a vocabulary it holds."""

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
"""A word in fewer texts is too rare to learn; a word in a larger share of the texts does not show their subjects."""


@dataclass(frozen=True)
class Vocabulary:
    """The words that bags are made of, in alphabetical order."""

    words: Sequence[str]

    @classmethod
    def of(cls, texts: Sequence[str], *, most: int) -> Vocabulary:
        """Chooses the `most` words that occur in the most texts, but in enough and not too many of them."""
        counts = Counter(word for text in texts for word in sorted(_words(text)))
        kept = [word for word, count in counts.most_common() if LEAST_TEXTS <= count <= MOST_SHARE * len(texts)]
        return cls(sorted(kept[:most]))

    def bags(self, texts: Iterable[str]) -> Tensor:
        """Returns (texts, words): 1 if the text holds the word, else 0."""
        words_by_text = [_words(text) for text in texts]
        return torch.tensor([[float(word in of_text) for word in self.words] for of_text in words_by_text])


def _words(text: str) -> set[str]:
    return set(WORD.findall(text.casefold()))
