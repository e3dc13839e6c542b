"""Handles items in groups that shrink when memory runs out, so that one large item costs no other."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import torch

from pipelines.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger("blogvae")

Item = TypeVar("Item")
Result = TypeVar("Result")

_OUT_OF_MEMORY = re.compile(r"out of memory|ALLOC_FAILED|can't allocate memory")
_BROKEN_DEVICE = re.compile(r"CUDA error|CUDNN_STATUS|CUBLAS_STATUS")
"""Errors of the device, after which every further call fails, too."""


@dataclass(frozen=True)
class Failure:
    """Why an item could not be handled."""

    reason: str


@dataclass
class ShrinkingGroups(Generic[Item, Result]):
    """Handles at most `size` items at a time. When memory runs out, the size is halved and stays so.

    A single item that memory does not suffice for gives a Failure. Any other error fails the job: it is no fault of the
    item, and the next run tries it again.

    Attributes:
        handle: returns a result for each item of a group.
        size: the number of items of the largest group.
        name: returns what an item is called in the message of an error.
    """

    handle: Callable[[Sequence[Item]], list[Result]]
    size: int
    name: Callable[[Item], str] = str

    def __call__(self, items: Sequence[Item]) -> list[Result | Failure]:
        """A result or a failure for each item, in order.

        Raises:
            UserError: the user made a mistake, which concerns all items.
            RuntimeError: an item cannot be handled (the message names it), or the device is broken.
        """
        results: list[Result | Failure] = []
        while len(results) < len(items):
            results += self._group(items[len(results) :][: self.size])
        return results

    def _group(self, group: Sequence[Item]) -> Sequence[Result | Failure]:
        try:
            return self.handle(group)
        except UserError:
            raise
        except Exception as error:
            if _is_out_of_memory(error) and len(group) > 1:
                self.size = len(group) // 2
                log.warning("out of memory with %d posts together, going on with %d", len(group), self.size)
                return []
            if _is_out_of_memory(error):
                return [Failure(_described(error))]
            if _BROKEN_DEVICE.search(str(error)):
                raise
            if len(group) == 1:
                raise RuntimeError(f"{self.name(group[0])} cannot be handled ({_described(error)})") from error
        return [result for item in group for result in self._group([item])]


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or bool(_OUT_OF_MEMORY.search(str(error)))


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
