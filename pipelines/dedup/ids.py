"""Posts with one id: the first keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.dedup.packed import firsts

if TYPE_CHECKING:
    from numpy.typing import NDArray

ID = np.dtype([("id", "<u8"), ("date", "<i4"), ("key", "<u8")])


def repeated(ids: NDArray[Any]) -> NDArray[np.uint64]:
    """Keys of the posts that need another id, of the IDs that fall into one bucket."""
    ids = ids[np.lexsort((ids["key"], ids["date"], ids["id"]))]
    keys: NDArray[np.uint64] = ids["key"][firsts(ids["id"]) != np.arange(len(ids))]
    return keys
