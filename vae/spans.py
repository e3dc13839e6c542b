"""The 12-word runs of a corpus: whether a text holds a passage of another one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import load, save

from vae.ngrams import hashes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

RUN = 12
"""Words of a run: what decontamination of training data looks for, 8 to 13 (Brown et al. 2020, appendix C: 13)."""

SPARE_BITS = 24
"""Bits of a run's hash beyond those that number the runs: of 2^24 unseen runs, at most one passes for seen."""

_BITS = 64
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class SpanIndex:
    """Sorted hashes, `bits` bits each, of all runs of RUN words within a text; case and outer punctuation do not count.

    Stored as differences of four bytes.
    """

    runs: NDArray[np.uint64]
    bits: int

    @classmethod
    def of(cls, texts: Iterable[str]) -> SpanIndex:
        """Reads masked texts, one segment each."""
        found = np.unique(np.concatenate([_runs(""), *(_runs(text) for text in texts)]))
        bits = max(len(found) - 1, 0).bit_length() + SPARE_BITS
        return cls(np.unique(found >> np.uint64(_BITS - bits)), bits)

    def longest(self, text: str, source: str) -> int:
        """Words of the longest stretch of a masked text that runs of the corpus cover and its source does not hold.

        0 where there is none, RUN or more elsewhere. Stretches that touch are one: a passage goes on behind the end
        of a segment.
        """
        runs = _runs(text)
        new = np.flatnonzero(~np.isin(runs, _source_runs(source)))
        if not len(new) or not len(self.runs):
            return 0
        asked = runs[new] >> np.uint64(_BITS - self.bits)
        place = np.minimum(np.searchsorted(self.runs, asked), len(self.runs) - 1)
        shared = new[self.runs[place] == asked]
        if not len(shared):
            return 0
        breaks = np.flatnonzero(np.diff(shared) > RUN) + 1
        stretches = np.split(shared, breaks)
        return max(int(stretch[-1] - stretch[0]) for stretch in stretches) + RUN

    def to_bytes(self) -> bytes:
        """What spans.safetensors holds."""
        steps = np.diff(self.runs, prepend=np.uint64(0))
        return save({"steps": steps.astype(np.uint32), "bits": np.array([self.bits], np.uint8)})

    @classmethod
    def from_bytes(cls, data: bytes) -> SpanIndex:
        """Reads what to_bytes wrote."""
        arrays = load(data)
        return cls(np.cumsum(arrays["steps"], dtype=np.uint64), int(arrays["bits"][0]))


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
