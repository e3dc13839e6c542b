"""Batches of windows of a stream of piece ids, which depend on the seed alone."""

from __future__ import annotations

from itertools import islice
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import torch

from tokenizer.tokenizer import BOS, EOS
from vae.data.text_batch import TextBatch
from vae.latent.noise import generator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from vae.data.streams import Stream

WIDTHS = ((1, 0.7), (2, 0.2), (4, 0.1))
"""Pairs of a divisor of the longest width and the share of batches that have windows of that part of it."""

HELD_OUT = 512
"""Number of windows that validation and evaluation read."""


class StreamBatches:
    """Iterates over batches of windows; the windows of a batch have one width and about `batch_pieces` pieces together.

    A window begins after an end marker or bos, and ends anywhere. An epoch has as many pieces as the stream. The state
    is (epoch, batches already given), so a run that is resumed in the middle of an epoch goes on with the next batch.
    """

    def __init__(self, stream: Stream, *, batch_pieces: int, seed: int | None) -> None:
        """Starts before the first batch. With `seed` None it gives the same HELD_OUT windows of full width."""
        self.stream, self.batch_pieces, self.seed = stream, batch_pieces, seed
        self.epoch = self.given = 0
        marks = (stream.pieces == EOS) | (stream.pieces == BOS)
        self._begins = np.flatnonzero(marks)[:-1] + 1

    def __len__(self) -> int:
        if self.seed is None:
            return ceil(HELD_OUT / self._size(self.stream.bucket))
        return max(1, len(self.stream.pieces) // self.batch_pieces)

    def __iter__(self) -> Iterator[TextBatch]:
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

    def locate(self, place: int) -> str:
        """Names the first piece and the file of a window, given its place in the stream."""
        return f"piece {place:,} of {self.stream.path}"

    def _size(self, width: int) -> int:
        return max(1, self.batch_pieces // width)

    def _epoch(self) -> Iterator[TextBatch]:
        longest = self.stream.bucket
        if self.seed is None:
            starts = self._draw_starts(generator(("held out",)), HELD_OUT, longest)
            for first in range(0, HELD_OUT, self._size(longest)):
                yield self._batch(starts[first : first + self._size(longest)], longest)
            return
        divisors, shares = zip(*WIDTHS, strict=True)
        for number in range(len(self)):
            rng = generator((self.seed, self.epoch, number, "windows"))
            width = longest // int(rng.choice(divisors, p=shares))
            yield self._batch(self._draw_starts(rng, self._size(width), width), width)

    def _draw_starts(self, rng: np.random.Generator, count: int, width: int) -> NDArray[np.int64]:
        """Draws the first places of `count` windows that end before the stream does."""
        fitting = int(np.searchsorted(self._begins, len(self.stream.pieces) - width, side="right"))
        starts: NDArray[np.int64] = self._begins[rng.integers(fitting, size=count)]
        return starts

    def _batch(self, starts: NDArray[np.int64], width: int) -> TextBatch:
        ids = self.stream.pieces[starts[:, None] + np.arange(width)].astype(np.int64)
        return TextBatch.of(torch.from_numpy(ids), torch.full((len(ids),), width), rows=torch.from_numpy(starts))
