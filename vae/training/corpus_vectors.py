"""Vectors of pieces, counted from a corpus and not trained: pieces with similar neighbours get similar vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from tokenizer.tokenizer import PAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    stream = _stream(rows)
    total = torch.from_numpy(np.bincount(stream, minlength=vocab_size)).float()
    total[PAD] = 0
    neighbours = total.argsort(descending=True, stable=True)[: max(1, CELLS // vocab_size)].numpy()
    columns = np.full(vocab_size, -1, np.int32)
    columns[neighbours] = np.arange(len(neighbours))
    columns[PAD] = -1
    shape = (vocab_size, len(neighbours))
    table = torch.cat([_information(*pair, shape) for pair in _pairs(stream, columns[stream])], 1)
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


def _stream(rows: Iterable[Tensor]) -> NDArray[np.int32]:
    """Returns all rows one after the other, with so much padding around them that no piece is beside one of another."""
    padding = np.zeros(max(OFFSETS), np.int32)
    widened = (np.pad(ids.int().numpy(), ((0, 0), (0, len(padding)))).ravel() for ids in rows)
    return np.concatenate([padding, *widened])


def _pairs(
    stream: NDArray[np.int32], columns: NDArray[np.int32]
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Yields for each of OFFSETS all pieces that have a neighbour there, and the columns of these neighbours."""
    for offset in OFFSETS:
        size = abs(offset)
        pieces, beside = (stream[size:], columns[:-size]) if offset < 0 else (stream[:-size], columns[size:])
        both = (pieces != PAD) & (beside >= 0)
        yield pieces[both], beside[both]


def _information(pieces: NDArray[np.int32], columns: NDArray[np.int32], shape: tuple[int, int]) -> Tensor:
    """Returns log(p(neighbour | piece) / p(neighbour)) of each piece and column, and 0 where that is negative."""
    cells, counts = np.unique(pieces * np.int64(shape[1]) + columns, return_counts=True)
    piece, column = np.divmod(cells, shape[1])
    of_piece, of_column = np.bincount(pieces, minlength=shape[0]), np.bincount(columns, minlength=shape[1]) ** SMOOTHING
    expected = of_piece[piece] * (of_column / of_column.sum())[column]
    information = np.zeros(shape, np.float32)
    information.reshape(-1)[cells] = np.log(counts / expected).clip(min=0.0)
    return torch.from_numpy(information)
