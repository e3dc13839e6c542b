from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from pipelines.filters.rule import Candidate, Judgement
from pipelines.filters.words import words_of

_LONGEST = 4


@dataclass(frozen=True, kw_only=True)
class Loop:
    """Kept if no run of 1 to 4 words stands more than maximum times in a row, unless it does so in the source too.

    The value is the most times in a row found beyond the source (1: none). Twice is language ("very, very", "had
    had"); three times is a decoder going round in circles (Holtzman et al. 2020, section 3).
    """

    name: ClassVar[str] = "loop"
    maximum: float = 2

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on words repeated in a row."""
        allowed = _times_in_a_row(candidate.source)
        grown = {
            words: times for words, times in _times_in_a_row(candidate.text).items() if times > allowed.get(words, 1)
        }
        times = max(grown.values(), default=1)
        kept = times <= self.maximum
        reason = "" if kept else self._reason(grown)
        return Judgement(rule=self.name, kept=kept, value=float(times), threshold=self.maximum, reason=reason)

    def _reason(self, grown: dict[tuple[str, ...], int]) -> str:
        words, times = max(grown.items(), key=operator.itemgetter(1))
        return (
            f"“{' '.join(words)}” stands {times} times in a row, "
            f"where {self.maximum:.4g} are allowed and the source has fewer"
        )


@lru_cache(maxsize=16)  # one source has many variations
def _times_in_a_row(text: str) -> dict[tuple[str, ...], int]:
    """For each run of words that follows itself, in its least rotation: the most times it stands in a row."""
    words = words_of(text)
    times: dict[tuple[str, ...], int] = {}
    for size in range(1, _LONGEST + 1):
        same_again = bytes(map(operator.eq, words, words[size:]))
        for match in re.finditer(rb"\x01{%d,}" % size, same_again):
            in_a_row = (match.end() - match.start()) // size + 1
            run = words[match.start() : match.start() + size]
            least = min(run[turn:] + run[:turn] for turn in range(size))
            times[least] = max(in_a_row, times.get(least, 1))
    return times
