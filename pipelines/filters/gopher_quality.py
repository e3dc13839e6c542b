from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE

QUALITY_LIMITS = (0.1, 0.9, 0.3, 0.2)
"""Gopher's limits (Rae et al. 2021, section A.1.1) for symbols (`#` and ellipses) per word, and for the shares of lines
that begin with a bullet, of lines that end in an ellipsis, and of words without a letter."""

WORD_LENGTH_LIMIT = 3.5
"""The number of letters by which the mean length of words may change: half of the band of 3 to 10 that Gopher asks
for."""

_ELLIPSES = ("...", "…")
_BULLETS = ("-", "*", "+", "•")


@dataclass(frozen=True, kw_only=True)
class GopherQuality:
    """Kept if no ratio of quality is worse than the source's own by more than maximum times Gopher's limit for it.

    These are Gopher's rules (Rae et al. 2021, section A.1.1) without the two that are no ratio: the number of words,
    which `length_ratio` looks at, and the number of eight English stop words.
    """

    name: ClassVar[str] = "gopher_quality"
    maximum: float = default_threshold("gopher_quality", "maximum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The largest excess over the source, each divided by its limit; 0 for none."""
        return [_excess(candidate.text, candidate.source) for candidate in candidates]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text that looks about as much like prose as its source."""
        what = "worse than the source in parts of Gopher's limit for symbols, bullets, ellipses, letters"
        return within(self.name, value, what=what, maximum=self.maximum)


def _excess(text: str, source: str) -> float:
    (ratios, length), (source_ratios, source_length) = _ratios(text), _ratios(source)
    return float(max(0.0, *(ratios - source_ratios) / QUALITY_LIMITS, abs(length - source_length) / WORD_LENGTH_LIMIT))


@lru_cache(maxsize=16)  # one source has many variations
def _ratios(text: str) -> tuple[NDArray[np.float64], float]:
    """The four ratios in the order of QUALITY_LIMITS, and the mean length of words."""
    words, lines = text.split(), [line.strip() for line in text.splitlines() if line.strip()]
    symbols = text.count("#") + sum(text.count(ellipsis) for ellipsis in _ELLIPSES)
    bullets = sum(line.startswith(_BULLETS) for line in lines)
    ellipses = sum(line.endswith(_ELLIPSES) for line in lines)
    without_letter = sum(not any(map(str.isalpha, word)) for word in words)
    of_words, of_lines = max(1, len(words)), max(1, len(lines))
    ratios = np.array([symbols / of_words, bullets / of_lines, ellipses / of_lines, without_letter / of_words])
    return ratios, sum(map(len, words)) / of_words
