"""Asks a store about many files at once, since most of the time of a request goes by in waiting for the answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

REQUESTS: Final = 32
"""Requests on their way at a time. At 40 ms each, 25,000 files take half a minute instead of 17 minutes."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def ask_of_each(function: Callable[[Item], Answer], items: Sequence[Item], *, remote: bool) -> list[Answer]:
    """Returns function(item) of each item, in order: of `remote` files many at a time, else one by one.

    Raises:
        Exception: what the function raised for the first item for which it raised; no further items are begun.
    """
    if not remote:
        return [function(item) for item in items]
    pool = ThreadPoolExecutor(max_workers=REQUESTS, thread_name_prefix="ask_store")
    try:
        return list(pool.map(function, items))
    finally:
        pool.shutdown(cancel_futures=True)
