"""Batches of arrays in memory, in an order that depends on the seed alone."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

import torch

from vae.data.array_batch import ArrayBatch
from vae.latent.noise import generator

if TYPE_CHECKING:
    from collections.abc import Iterator

Arrays = TypeVar("Arrays", bound=ArrayBatch)


class ArrayBatches(Generic[Arrays]):
    """Iterates over batches of at most `size` examples, shuffled by (seed, epoch).

    The sizes of the batches differ by at most one. The state is (epoch, batches already given), so a run that is
    resumed in the middle of an epoch goes on with the next batch.
    """

    def __init__(self, examples: Arrays, *, size: int, seed: int | None) -> None:
        """Starts before the first batch. With `seed` None the order stays as it is, for validation."""
        self.examples, self.size, self.seed = examples, size, seed
        self.epoch = self.given = 0

    def __len__(self) -> int:
        return math.ceil(len(self.examples) / self.size)

    def __iter__(self) -> Iterator[Arrays]:
        if self.given >= len(self):
            self.epoch, self.given = self.epoch + 1, 0
        for batch in islice(self._epoch(), self.given, None):
            self.given += 1
            yield batch

    def state_dict(self) -> dict[str, int]:
        """Returns the epoch and the number of its batches already given."""
        return {"epoch": self.epoch, "given": self.given}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Makes the next iteration go on from a state."""
        self.epoch, self.given = state["epoch"], state["given"]

    def _epoch(self) -> Iterator[Arrays]:
        order = torch.arange(len(self.examples))
        if self.seed is not None:
            order = torch.from_numpy(generator((self.seed, self.epoch, "order")).permutation(len(order)))
        for rows in torch.tensor_split(order, len(self)):
            yield self.examples[rows]
