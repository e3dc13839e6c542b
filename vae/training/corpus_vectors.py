"""Vectors of pieces, counted from a corpus and not trained: pieces with similar neighbours get similar vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from tokenizer.tokenizer import PAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

OFFSETS = (-2, -1, 1, 2)
"""Where a neighbour may stand, relative to its piece."""

CELLS = 20_000_000
"""The most counts kept for each offset. With 8,000 pieces, the 2,500 commonest of them serve as neighbours."""

SMOOTHING = 0.75
"""The power that counts of neighbours are raised to, so that rare neighbours weigh less."""

REFINEMENTS = 2
"""Power iterations of the randomised singular value decomposition."""


def corpus_vectors(rows: Iterable[Tensor], *, vocab_size: int, width: int) -> Tensor:
    """Returns a unit vector for each piece, (vocab_size, width).

    The vectors factorise the positive pointwise mutual information of a piece and its neighbours at each offset of a
    window of two, with smoothed counts and the square root of the singular values (Levy, Goldberg & Dagan 2015,
    sections 3.1 to 3.3). A piece without neighbours in the corpus gets a random vector, padding gets zeros. The same
    rows give the same vectors on the same kind of processor.

    Args:
        rows: padded piece ids (n, length), in any number of tensors.
        vocab_size: the number of pieces.
        width: the numbers in a vector.
    """
    # Counting is many small steps, which one thread does in less time than several that wait for one another.
    arrays = [ids.int().numpy() for ids in rows]
    total = torch.zeros(vocab_size)
    for ids in arrays:
        total += torch.from_numpy(np.bincount(ids.ravel(), minlength=vocab_size))
    total[PAD] = 0
    neighbours = total.argsort(descending=True, stable=True)[: max(1, CELLS // vocab_size)]
    columns = torch.full((vocab_size,), -1)
    columns[neighbours] = torch.arange(len(neighbours))
    columns[PAD] = -1
    table = torch.cat(
        [_information(_counts(arrays, offset, columns.numpy(), len(neighbours))) for offset in OFFSETS], 1
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        vectors = torch.randn(vocab_size, width)
        left, values, _ = torch.svd_lowrank(table, q=min(width, *table.shape), niter=REFINEMENTS)
    counted = (left * values.sqrt())[total > 0]
    has_neighbours = counted.norm(dim=1) > 0
    pieces = (total > 0).nonzero()[:, 0][has_neighbours]
    vectors[pieces] = 0.0
    vectors[pieces, : counted.shape[1]] = counted[has_neighbours]
    vectors = torch.nn.functional.normalize(vectors, dim=1)
    vectors[PAD] = 0.0
    return vectors


def _counts(rows: Sequence[NDArray[np.int32]], offset: int, columns: NDArray[np.int64], neighbours: int) -> Tensor:
    """Counts how often each neighbour stands `offset` places from each piece, (vocab_size, neighbours).

    `columns` holds each piece's column as a neighbour, -1 if it is none.
    """
    cells = len(columns) * neighbours
    counts = np.zeros(cells, np.int64)
    pairs: list[NDArray[np.int64]] = []
    waiting = 0
    for number, ids in enumerate(rows, 1):
        size = abs(offset)
        pieces, beside = (ids[:, size:], ids[:, :-size]) if offset < 0 else (ids[:, :-size], ids[:, size:])
        column = columns[beside]
        both = (pieces != PAD) & (column >= 0)
        pairs.append(pieces[both] * np.int64(neighbours) + column[both])
        waiting += len(pairs[-1])
        # Each count passes over all cells, so it is done for as many pairs at once.
        if number == len(rows) or waiting >= cells:
            counts += np.bincount(np.concatenate(pairs), minlength=cells)
            pairs, waiting = [], 0
    return torch.from_numpy(counts).view(len(columns), neighbours).float()


def _information(counts: Tensor) -> Tensor:
    """Returns log(p(neighbour | piece) / p(neighbour)), and 0 where that is negative."""
    smoothed = counts.sum(0) ** SMOOTHING
    expected = counts.sum(1, keepdim=True) * (smoothed / smoothed.sum())
    return torch.where(counts > 0, torch.log(counts / expected), 0.0).clamp(min=0.0)
