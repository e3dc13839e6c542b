"""The keys of posts that cross the shuffles. They have a fixed size and never contain text."""

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
"""Stands for the date of a post without one, so that it ranks after all others."""

NO_SPLIT: Final = 0
"""Code of no split; the codes of SPLITS start from 1."""

CONTENT = np.dtype("S32")
"""The SHA-256 of a post's content."""

KNOWN = np.dtype([("content", CONTENT), ("split", "u1")])
"""A content that the dataset holds from an earlier run, and the split it is in."""

_ROW_BITS: Final = 24
_NUMBER_BITS: Final = 64 - _ROW_BITS


class PostPlace(NamedTuple):
    """The place of a post: the number of its unit, and its row in the unit, from 0."""

    number: int
    row: int


@dataclass(frozen=True, kw_only=True, eq=False)
class UnitKeys:
    """The keys of one unit's posts, in the order of its rows. `number` orders the units as planned.

    dates: int32 (posts), YYYYMMDD; contents: S32 (posts), SHA-256; ids: uint64 (posts), hashes of post_id;
    bands: uint64 (posts, bands).
    """

    number: int
    dates: NDArray[np.int32]
    contents: NDArray[np.bytes_]
    ids: NDArray[np.uint64]
    bands: NDArray[np.uint64]

    @classmethod
    def of(
        cls,
        *,
        number: int,
        dates: Sequence[str],
        contents: Sequence[str],
        ids: Sequence[str],
        bands: NDArray[np.uint64],
    ) -> UnitKeys:
        """Makes the keys from columns of a posts file: dates as YYYY-MM-DD or empty, contents as hexadecimal SHA-256.

        Raises:
            ValueError: the unit has more posts, or a greater number, than a key has room for.
        """
        if len(dates) > 1 << _ROW_BITS or number >= 1 << _NUMBER_BITS:
            raise ValueError(f"unit {number} of {len(dates)} posts: at most 2^{_NUMBER_BITS} units of 2^{_ROW_BITS}")
        return cls(
            number=number,
            dates=np.array([int(date.replace("-", "")) if date else UNDATED for date in dates], np.int32),
            contents=_contents(contents),
            ids=np.fromiter(map(id_key, ids), np.uint64, len(ids)),
            bands=bands,
        )

    @property
    def keys(self) -> NDArray[np.uint64]:
        """Each post's place as one number: uint64 (posts). Posts rank by date, then by this key."""
        return np.uint64(self.number << _ROW_BITS) | np.arange(len(self.dates), dtype=np.uint64)


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownPosts:
    """Posts that the dataset holds from an earlier run, and which keep their splits. rows: KNOWN (posts)."""

    rows: NDArray[Any]

    @classmethod
    def of(cls, *, contents: Sequence[str], splits: Sequence[str]) -> KnownPosts:
        """Makes the rows from columns of a posts file: contents as hexadecimal SHA-256, splits by name."""
        return cls(rows=records(KNOWN, content=_contents(contents), split=[split_code(split) for split in splits]))


def place_of(key: int) -> PostPlace:
    """Returns the place of the post with this key."""
    return PostPlace(number=key >> _ROW_BITS, row=key & ((1 << _ROW_BITS) - 1))


def numbers_of(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Returns the unit's number of each key."""
    return keys >> np.uint64(_ROW_BITS)


def split_code(split: str) -> int:
    """Returns the code of a split, from 1, which fits in one byte."""
    return SPLITS.index(split) + 1


def _contents(texts: Sequence[str]) -> NDArray[np.bytes_]:
    return np.frombuffer(bytes.fromhex("".join(texts)), CONTENT)
