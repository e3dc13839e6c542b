from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within
from pipelines.filters.words_and_phrases import folded_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE

REPETITION_LIMITS = (0.30, 0.20, 0.30, 0.20, 0.20, 0.18, 0.16, 0.15, 0.14, 0.13, 0.12, 0.11, 0.10)
"""Gopher's limits (Rae et al. 2021, table A1) for the shares of repeated lines, of their characters, of repeated
paragraphs, of their characters, of characters in the most frequent 2-, 3- and 4-gram, and of characters in repeated 5-
to 10-grams."""

_BREAKS = (re.compile(r"\s*\n\s*"), re.compile(r"\s*\n\s*\n\s*"))
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, kw_only=True)
class GopherRepetition:
    """Kept if no ratio of repetition exceeds the source's own by more than maximum times Gopher's limit for it.

    With maximum 1 and a source that repeats nothing, this is Gopher's own rule (Rae et al. 2021, section A.1.1).
    """

    name: ClassVar[str] = "gopher_repetition"
    maximum: float = default_threshold("gopher_repetition", "maximum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The largest excess over the source, each divided by its limit; 0 for none."""
        return [
            float(((_ratios(candidate.text) - _ratios(candidate.source)) / REPETITION_LIMITS).max(initial=0))
            for candidate in candidates
        ]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text that repeats itself hardly more than its source."""
        what = "repetition beyond the source's, in parts of Gopher's limit"
        return within(self.name, value, what=what, maximum=self.maximum)


@lru_cache(maxsize=16)  # one source has many variations
def _ratios(text: str) -> NDArray[np.float64]:
    """The 13 ratios in the order of REPETITION_LIMITS."""
    by_part = [share for breaks in _BREAKS for share in _repeated_parts(breaks.split(text.strip()))]
    return np.array([*by_part, *_repeated_ngrams(folded_words(text))])


def _repeated_parts(parts: list[str]) -> tuple[float, float]:
    """The share of parts that stood before, and the share of their characters."""
    total, kept = sum(map(len, parts)), {*parts}
    return 1 - len(kept) / len(parts), (total - sum(map(len, kept))) / max(1, total)


def _repeated_ngrams(words: tuple[str, ...]) -> list[float]:
    """The share of characters in the top n-gram, n from 2 to 4, then in n-grams that stood before, n from 5 to 10."""
    numbers = {word: number for number, word in enumerate(dict.fromkeys(words), 1)}
    row = np.array([numbers[word] for word in words], np.uint64)
    sizes = np.array([len(word) for word in words], np.int64)
    ends = np.append(0, np.cumsum(sizes))
    grams, ratios = row, dict.fromkeys(range(2, 11), 0.0)
    for n in ratios:
        grams = grams[:-1] * _MIX + row[n - 1 :]
        _, first, which, counts = np.unique(grams, return_index=True, return_inverse=True, return_counts=True)
        if counts.max(initial=1) == 1:  # nor does any longer n-gram stand twice
            break
        if n < 5:
            characters = (counts > 1) * counts * (ends[first + n] - ends[first])
            repeated = which == characters.argmax()
        else:
            repeated = np.ones(len(grams), np.bool_)
            repeated[first] = False
        ratios[n] = int(sizes[_covered(repeated, n)].sum()) / int(ends[-1])
    return [*ratios.values()]


def _covered(repeated: NDArray[np.bool_], size: int) -> Any:
    """Marks the words that lie in a repeated n-gram, given the words at which such n-grams begin."""
    begun = np.cumsum(np.pad(repeated, (size, size - 1)))
    return begun[size:] > begun[:-size]
