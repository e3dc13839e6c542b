"""A set of hashes in four bytes each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPARE_BITS = 24
"""Bits kept of a hash beyond those that number the set: of 2^24 hashes that are not in it, at most one passes."""

_BITS = 64


@dataclass(frozen=True)
class SortedHashes:
    """The upper `bits` bits of 64-bit hashes, sorted and distinct."""

    values: NDArray[np.uint64]
    bits: int

    @classmethod
    def of(cls, hashes: NDArray[np.uint64], *, bits: int | None = None) -> SortedHashes:
        """Keeps as many bits as the set needs, or as many as are asked for."""
        if bits is None:
            bits = max(len(np.unique(hashes)) - 1, 0).bit_length() + SPARE_BITS
        return cls(np.unique(hashes >> np.uint64(_BITS - bits)), bits)

    def __len__(self) -> int:
        return len(self.values)

    def find(self, asked: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """The place of each 64-bit hash, and whether it is there."""
        if not len(self.values):
            return np.zeros(len(asked), np.intp), np.zeros(len(asked), np.bool_)
        kept = asked >> np.uint64(_BITS - self.bits)
        place = np.minimum(np.searchsorted(self.values, kept), len(self.values) - 1)
        return place, self.values[place] == kept

    def union(self, hashes: NDArray[np.uint64]) -> SortedHashes:
        """With more 64-bit hashes, at its own bits."""
        return SortedHashes(np.union1d(self.values, hashes >> np.uint64(_BITS - self.bits)), self.bits)

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """As stored: differences fit four bytes, since SPARE_BITS keep them near 2^24."""
        steps = np.diff(self.values, prepend=np.uint64(0)).astype(np.uint32)
        return {f"{name}.steps": steps, f"{name}.bits": np.array([self.bits], np.uint8)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.generic]], name: str) -> SortedHashes:
        """Reads what `arrays` made."""
        return cls(np.cumsum(arrays[f"{name}.steps"], dtype=np.uint64), int(arrays[f"{name}.bits"][0]))
