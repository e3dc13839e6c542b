"""Packs rows of fixed size for a shuffle: one element of bytes for each bucket, rather than one for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

BUCKETS: Final = 64
"""Into how many buckets the rows of a shuffle are hashed."""


def records(dtype: np.dtype[Any], **columns: Any) -> NDArray[Any]:
    """Returns structured rows made from their columns."""
    rows = np.empty(len(next(iter(columns.values()))), dtype)
    for name, values in columns.items():
        rows[name] = values
    return rows


def by_bucket(buckets: NDArray[np.unsignedinteger[Any]]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yields (bucket, the indices of its rows) for each bucket that has any; `buckets` gives the bucket of each row."""
    order = np.argsort(buckets, kind="stable")
    used, starts = np.unique(buckets[order], return_index=True)
    return zip(used.tolist(), np.split(order, starts[1:]), strict=False)


def pack_rows(rows: NDArray[Any], buckets: NDArray[np.unsignedinteger[Any]]) -> Iterator[tuple[int, bytes]]:
    """Yields (bucket, the bytes of its rows) for each bucket that has any; `buckets` gives the bucket of each row."""
    for bucket, indices in by_bucket(buckets):
        yield bucket, rows[indices].tobytes()


def unpack_rows(batches: Iterable[bytes], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Returns the rows of all batches."""
    return np.frombuffer(b"".join(batches), dtype)


def firsts(sorted_values: NDArray[Any]) -> NDArray[np.intp]:
    """Returns for each of the sorted values the index of the first value equal to it."""
    new = np.ones(len(sorted_values), bool)
    new[1:] = sorted_values[1:] != sorted_values[:-1]
    first: NDArray[np.intp] = np.flatnonzero(new)[np.cumsum(new) - 1]
    return first
