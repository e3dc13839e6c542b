"""Finds the hashes that more than one post has. Only the keys of posts with one of them need to cross the shuffles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam
import numpy as np

from pipelines.beam.to_list import ToList
from pipelines.dedup.packed_rows import BUCKETS, pack_rows, unpack_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

_MARK = np.dtype("<u4")
_HASH = np.dtype("<u8")
_BUCKET_BITS: Final = BUCKETS.bit_length() - 1
_KEPT_BITS: Final = _BUCKET_BITS + 8 * _MARK.itemsize
"""Bits of a hash that are compared. Of ten million posts with 16 hashes each, one in a hundred shares one by chance."""


class FindSharedHashes(beam.PTransform):
    """Turns what marks_by_bucket yields into one element: the hashes that occur more than once, packed."""

    def expand(self, marks: Any) -> Any:
        """Compares the marks bucket by bucket. Four bytes of each hash cross the shuffle."""
        return (
            marks
            | "ByMark" >> beam.GroupByKey()
            | "Repeated" >> beam.Map(repeated_marks)
            | "Gather" >> ToList()
            | "Sort" >> beam.Map(packed_hashes)
        )


def marks_by_bucket(hashes: NDArray[np.uint64]) -> Iterator[tuple[int, bytes]]:
    """Yields (bucket, the packed marks of its hashes): a bucket and a mark are the bits of a hash that are compared."""
    return pack_rows((hashes >> np.uint64(_BUCKET_BITS)).astype(_MARK), hashes % np.uint64(BUCKETS))


def repeated_marks(bucket: tuple[int, Iterable[bytes]]) -> bytes:
    """Returns the packed hashes, cut to the compared bits, whose mark occurs more than once in the bucket."""
    marks, counts = np.unique(unpack_rows(bucket[1], _MARK), return_counts=True)
    hashes = marks[counts > 1].astype(_HASH) << np.uint64(_BUCKET_BITS) | np.uint64(bucket[0])
    packed: bytes = hashes.tobytes()
    return packed


def packed_hashes(buckets: Iterable[bytes]) -> bytes:
    """Returns the packed hashes of all buckets, sorted."""
    packed: bytes = np.sort(unpack_rows(buckets, _HASH)).tobytes()
    return packed


def are_shared(hashes: NDArray[np.uint64], shared: bytes) -> NDArray[np.bool_]:
    """Returns for each hash whether another post may have it, too; `shared` is the element of FindSharedHashes."""
    found = unpack_rows([shared], _HASH)
    if not len(found):
        return np.zeros(hashes.shape, bool)
    cut = hashes & np.uint64((1 << _KEPT_BITS) - 1)
    same: NDArray[np.bool_] = found[np.minimum(np.searchsorted(found, cut), len(found) - 1)] == cut
    return same
