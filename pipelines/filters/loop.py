from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within
from pipelines.filters.words_and_phrases import folded_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE

_LONGEST = 4


@dataclass(frozen=True, kw_only=True)
class Loop:
    """Kept if no run of 1 to 4 words stands more than maximum times in a row, unless it does so in the source too.

    Twice is language ("very, very", "had had"); three times is a decoder going round in circles (Holtzman et al. 2020,
    section 3).
    """

    name: ClassVar[str] = "loop"
    maximum: float = default_threshold("loop", "maximum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The most times in a row that the same words stand, if the source has fewer; 1 for none."""
        return [float(_most_in_a_row(candidate)) for candidate in candidates]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text that does not go round in circles."""
        what = "times in a row that the same words stand, where the source has fewer"
        return within(self.name, value, what=what, maximum=self.maximum)


def _most_in_a_row(candidate: Candidate) -> int:
    allowed = _times_in_a_row(candidate.source)
    times = _times_in_a_row(candidate.text)
    return max((count for words, count in times.items() if count > allowed.get(words, 1)), default=1)


@lru_cache(maxsize=16)  # one source has many variations
def _times_in_a_row(text: str) -> dict[tuple[str, ...], int]:
    """For each run of words that follows itself, in its least rotation: the most times it stands in a row."""
    words = folded_words(text)
    times: dict[tuple[str, ...], int] = {}
    for size in range(1, _LONGEST + 1):
        same_again = bytes(map(operator.eq, words, words[size:]))
        for match in re.finditer(rb"\x01{%d,}" % size, same_again):
            in_a_row = (match.end() - match.start()) // size + 1
            run = words[match.start() : match.start() + size]
            least = min(run[turn:] + run[:turn] for turn in range(size))
            times[least] = max(in_a_row, times.get(least, 1))
    return times
