"""The 12-word runs of a corpus: whether a text holds a passage of another one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import load, save

from vae.sorted_hashes import SortedHashes
from vae.word_hashes import hashes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

RUN = 12
"""Words of a run: what decontamination of training data looks for, 8 to 13 (Brown et al. 2020, appendix C: 13)."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class SpanIndex:
    """Hashes of all runs of RUN words within a text; case and outer punctuation do not count."""

    runs: SortedHashes

    @classmethod
    def of(cls, texts: Iterable[str]) -> SpanIndex:
        """Reads masked texts, one segment each."""
        return cls(SortedHashes.of(_all_runs(texts)))

    def with_corpus(self, texts: Iterable[str]) -> SpanIndex:
        """With the runs of another corpus."""
        return SpanIndex(self.runs.union(_all_runs(texts)))

    def longest(self, text: str, source: str) -> int:
        """Words of the longest stretch of a masked text that runs of the corpus cover and its source does not hold.

        0 where there is none, RUN or more elsewhere. Stretches that touch are one: a passage goes on behind the end
        of a segment.
        """
        runs = _runs(text)
        new = np.flatnonzero(~np.isin(runs, _source_runs(source)))
        shared = new[self.runs.find(runs[new])[1]]
        if not len(shared):
            return 0
        breaks = np.flatnonzero(np.diff(shared) > RUN) + 1
        stretches = np.split(shared, breaks)
        return max(int(stretch[-1] - stretch[0]) for stretch in stretches) + RUN

    def to_bytes(self) -> bytes:
        """What spans.safetensors holds."""
        return save(self.runs.arrays("runs"))

    @classmethod
    def from_bytes(cls, data: bytes) -> SpanIndex:
        """Reads what to_bytes wrote."""
        return cls(SortedHashes.from_arrays(load(data), "runs"))


def _all_runs(texts: Iterable[str]) -> NDArray[np.uint64]:
    return np.concatenate([_runs(""), *(_runs(text) for text in texts)])


def _runs(text: str) -> NDArray[np.uint64]:
    """A 64-bit hash of every run of RUN words, in order."""
    words = hashes(text.split())
    if len(words) < RUN:
        return np.zeros(0, np.uint64)
    runs: NDArray[Any] = np.zeros(len(words) - RUN + 1, np.uint64)
    for start in range(RUN):  # modulo 2^64 is what is wanted
        runs = runs * _MULTIPLIER + words[start : start + len(runs)]
    return runs


@lru_cache(maxsize=16)  # one source has many variations
def _source_runs(source: str) -> NDArray[np.uint64]:
    return _runs(source)
