"""Rows of fixed size on their way through a shuffle: one element of packed bytes per bucket, never one per row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

BUCKETS: Final = 64


def records(dtype: np.dtype[Any], **columns: Any) -> NDArray[Any]:
    """Structured rows from their columns."""
    rows = np.empty(len(next(iter(columns.values()))), dtype)
    for name, values in columns.items():
        rows[name] = values
    return rows


def by_bucket(buckets: NDArray[np.unsignedinteger[Any]]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """(bucket, the positions of its members) for each bucket that has any."""
    order = np.argsort(buckets, kind="stable")
    found, starts = np.unique(buckets[order], return_index=True)
    return zip(found.tolist(), np.split(order, starts[1:]), strict=False)


def pack_rows(rows: NDArray[Any], buckets: NDArray[np.unsignedinteger[Any]]) -> Iterator[tuple[int, bytes]]:
    """(bucket, the bytes of its rows) for each bucket that has any."""
    for bucket, members in by_bucket(buckets):
        yield bucket, rows[members].tobytes()


def unpack_rows(batches: Iterable[bytes], dtype: np.dtype[Any]) -> NDArray[Any]:
    """The rows of all batches."""
    return np.frombuffer(b"".join(batches), dtype)


def firsts(sorted_values: NDArray[Any]) -> NDArray[np.intp]:
    """For each of sorted values, the position of the first that equals it."""
    new = np.ones(len(sorted_values), bool)
    new[1:] = sorted_values[1:] != sorted_values[:-1]
    first: NDArray[np.intp] = np.flatnonzero(new)[np.cumsum(new) - 1]
    return first
