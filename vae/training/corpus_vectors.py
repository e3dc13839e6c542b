"""Vectors of pieces from what stands beside them: pieces used alike lie close, before anything is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import PAD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

OFFSETS = (-2, -1, 1, 2)
CELLS = 20_000_000
"""Counts kept for each offset: with 8,000 pieces, the 2,500 commonest of them count as neighbours."""

SMOOTHING = 0.75
REFINEMENTS = 2


def corpus_vectors(rows: Iterable[Tensor], *, vocab_size: int, width: int) -> Tensor:
    """Unit vectors (vocab_size, width); a piece without known neighbours gets a random one, padding zeros.

    Positive pointwise mutual information with each place in a window of two, context counts smoothed, and the square
    root of the singular values (Levy, Goldberg & Dagan 2015, sections 3.1 to 3.3). The same rows give the same
    vectors, on one kind of processor.

    Args:
        rows: piece ids (n, length), padded, in any number of tensors.
        vocab_size: pieces there are.
        width: of a vector.
    """
    rows = [ids.int() for ids in rows]
    total = sum((torch.bincount(ids.flatten(), minlength=vocab_size) for ids in rows), torch.zeros(vocab_size))
    total[PAD] = 0
    neighbours = total.argsort(descending=True, stable=True)[: max(1, CELLS // vocab_size)]
    place = torch.full((vocab_size,), -1)
    place[neighbours] = torch.arange(len(neighbours))
    place[PAD] = -1
    table = torch.cat([_information(_counts(rows, offset, place, len(neighbours))) for offset in OFFSETS], 1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        vectors = torch.randn(vocab_size, width)
        left, values, _ = torch.svd_lowrank(table, q=min(width, *table.shape), niter=REFINEMENTS)
    known = (left * values.sqrt())[total > 0]
    seen = (total > 0).nonzero()[:, 0][known.norm(dim=1) > 0]
    vectors[seen] = 0.0
    vectors[seen, : known.shape[1]] = known[known.norm(dim=1) > 0]
    vectors = torch.nn.functional.normalize(vectors, dim=1)
    vectors[PAD] = 0.0
    return vectors


def _counts(rows: Iterable[Tensor], offset: int, place: Tensor, neighbours: int) -> Tensor:
    """How often each neighbour stands `offset` places from each piece, (vocab_size, neighbours)."""
    cells = len(place) * neighbours
    counts = torch.zeros(cells, dtype=torch.int64)
    for ids in rows:
        size = abs(offset)
        pieces, beside = (ids[:, size:], ids[:, :-size]) if offset < 0 else (ids[:, :-size], ids[:, size:])
        column = place[beside]
        both = (pieces != PAD) & (column >= 0)
        counts += torch.bincount(pieces[both].long() * neighbours + column[both], minlength=cells)
    return counts.view(len(place), neighbours).float()


def _information(counts: Tensor) -> Tensor:
    """log p(neighbour | piece) / p(neighbour) where positive, else 0."""
    smoothed = counts.sum(0) ** SMOOTHING
    expected = counts.sum(1, keepdim=True) * (smoothed / smoothed.sum())
    return torch.where(counts > 0, torch.log(counts / expected), 0.0).clamp(min=0.0)
