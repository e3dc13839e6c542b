"""Items handled in groups, such that one that cannot be handled costs no other."""

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
"""After such an error every further call fails, too."""


@dataclass(frozen=True)
class Failure:
    """Why an item could not be handled."""

    reason: str


@dataclass
class Groups(Generic[Item, Result]):
    """Handles items at most `size` at a time; out of memory halves the size, for good.

    A group that fails otherwise is handled item by item. The user's mistake and a broken device fail the job.
    """

    handle: Callable[[Sequence[Item]], list[Result]]
    size: int

    def __call__(self, items: Sequence[Item]) -> list[Result | Failure]:
        """A result or a failure for each item, in order."""
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
            if not _is_out_of_memory(error) and _BROKEN_DEVICE.search(str(error)):
                raise
            if len(group) == 1:
                return [Failure(_told(error))]
        return [result for item in group for result in self._group([item])]


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or bool(_OUT_OF_MEMORY.search(str(error)))


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
