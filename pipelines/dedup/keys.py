"""What of a post crosses the shuffles: keys of fixed size, never text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from pipelines.dedup.packed_rows import records
from pipelines.posts.split import SPLITS, id_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

UNDATED: Final = 99999999
NO_SPLIT: Final = 0
"""Code of no split; SPLITS follow from 1 on."""

CONTENT = np.dtype("S32")
KNOWN = np.dtype([("content", CONTENT), ("split", "u1")])

_ROW_BITS: Final = 24
_NUMBER_BITS: Final = 64 - _ROW_BITS


class PostPlace(NamedTuple):
    """Where a post stands: the number of its unit, and its row in the unit, from 0."""

    number: int
    row: int


@dataclass(frozen=True, kw_only=True, eq=False)
class UnitKeys:
    """The keys of one unit's posts, in the order of its rows. `number` orders units as the plan does.

    dates: int32 (posts), YYYYMMDD; contents: S32 (posts), SHA-256; ids: uint64 (posts), hashes of post_id;
    bands: uint64 (posts, bands).
    """

    unit: str
    number: int
    dates: NDArray[np.int32]
    contents: NDArray[np.bytes_]
    ids: NDArray[np.uint64]
    bands: NDArray[np.uint64]

    @classmethod
    def of(
        cls,
        *,
        unit: str,
        number: int,
        dates: Sequence[str],
        contents: Sequence[str],
        ids: Sequence[str],
        bands: NDArray[np.uint64],
    ) -> UnitKeys:
        """From the columns of a posts file: dates as YYYY-MM-DD or empty, contents as hexadecimal SHA-256.

        Raises:
            ValueError: more posts, or a greater number, than a key has room for.
        """
        if len(dates) > 1 << _ROW_BITS or number >= 1 << _NUMBER_BITS:
            raise ValueError(f"unit {number} of {len(dates)} posts: at most 2^{_NUMBER_BITS} units of 2^{_ROW_BITS}")
        return cls(
            unit=unit,
            number=number,
            dates=np.array([int(date.replace("-", "")) if date else UNDATED for date in dates], np.int32),
            contents=_contents(contents),
            ids=np.fromiter(map(id_key, ids), np.uint64, len(ids)),
            bands=bands,
        )

    @property
    def keys(self) -> NDArray[np.uint64]:
        """Each post's place as one number. A post's rank is its date, then its key."""
        return np.uint64(self.number << _ROW_BITS) | np.arange(len(self.dates), dtype=np.uint64)


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownPosts:
    """Posts of the dataset's earlier run, which keep their splits. rows: KNOWN (posts)."""

    rows: NDArray[Any]

    @classmethod
    def of(cls, *, contents: Sequence[str], splits: Sequence[str]) -> KnownPosts:
        """From the columns of a posts file."""
        return cls(rows=records(KNOWN, content=_contents(contents), split=[split_code(split) for split in splits]))


def place_of(key: int) -> PostPlace:
    """The place of the post with this key."""
    return PostPlace(number=key >> _ROW_BITS, row=key & ((1 << _ROW_BITS) - 1))


def numbers_of(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The number of each key's unit."""
    return keys >> np.uint64(_ROW_BITS)


def split_code(split: str) -> int:
    """A split in one byte."""
    return SPLITS.index(split) + 1


def _contents(texts: Sequence[str]) -> NDArray[np.bytes_]:
    return np.frombuffer(bytes.fromhex("".join(texts)), CONTENT)
