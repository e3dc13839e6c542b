"""A trigram model of one corpus's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from vae.sorted_hashes import SortedHashes
from vae.word_hashes import EDGE, hashes, pair_hash, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

DISCOUNT = 0.75
LEAST_TRIGRAM = 2
"""Trigrams seen less often are left to the bigrams: half the size for a little perplexity."""


class Order(NamedTuple):
    """The n-grams of one length, log p of the last word, and log of the mass left to shorter histories behind.

    In half precision: p to 0.4 %.
    """

    grams: SortedHashes
    log_p: NDArray[np.float16]
    left: NDArray[np.float16]


@dataclass(frozen=True)
class KneserNey:
    """Interpolated Kneser-Ney of order 3 with one discount (Chen & Goodman 1999, section 2.7)."""

    words: Order
    pairs: Order
    triples: Order
    unseen: float
    """log p of a word that was never seen."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> KneserNey:
        """Counts masked texts, one segment each."""
        # An EDGE more at either end: the first and the last text then stand among others too.
        words = (word for text in texts for word in tokens(text))
        row = np.concatenate([hashes([EDGE]), hashes(words), hashes([EDGE])])
        known, ids = np.unique(row, return_inverse=True)
        return _estimate(known, ids.astype(np.uint64))

    def knows(self, words: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each word was seen."""
        return self.words.grams.find(hashes(words))[1]

    def word_log_p(self, words: Sequence[str]) -> NDArray[np.float32]:
        """log p of each word by itself, in nats."""
        place, seen = self.words.grams.find(hashes(words))
        return _where(seen, self.words.log_p, place, np.float32(self.unseen))

    def log_p(self, row: NDArray[np.uint64]) -> NDArray[np.float32]:
        """log p of each token of a row of hashes but the first, in nats, given the one or two before it."""
        place, seen = self.words.grams.find(row)
        found = _where(seen, self.words.log_p, place, np.float32(self.unseen))[1:]
        left = _where(seen, self.words.left, place, np.float32(0))[:-1]
        pairs = pair_hash(row[:-1], row[1:])
        place, seen = self.pairs.grams.find(pairs)
        found = _where(seen, self.pairs.log_p, place, left + found)
        if len(row) > 2:
            left = _where(seen, self.pairs.left, place, np.float32(0))[:-1]
            place, seen = self.triples.grams.find(pair_hash(pairs[:-1], row[2:]))
            found[1:] = _where(seen, self.triples.log_p, place, left + found[1:])
        return found

    def knows_pairs(self, row: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Whether each two neighbours of a row of hashes stood side by side."""
        return self.pairs.grams.find(pair_hash(row[:-1], row[1:]))[1]

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """As stored."""
        found: dict[str, NDArray[np.generic]] = {f"{name}.unseen": np.array([self.unseen], np.float32)}
        for length in ("words", "pairs", "triples"):
            order: Order = getattr(self, length)
            found |= order.grams.arrays(f"{name}.{length}")
            found |= {f"{name}.{length}.log_p": order.log_p, f"{name}.{length}.left": order.left}
        del found[f"{name}.triples.left"]  # nothing is longer
        return found

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]], name: str) -> KneserNey:
        """Reads what `arrays` made."""
        nothing = np.zeros(0, np.float16)
        orders = [
            Order(
                SortedHashes.from_arrays(arrays, f"{name}.{length}"),
                arrays[f"{name}.{length}.log_p"],
                arrays.get(f"{name}.{length}.left", nothing),
            )
            for length in ("words", "pairs", "triples")
        ]
        return cls(orders[0], orders[1], orders[2], float(arrays[f"{name}.unseen"][0]))


def _where(
    seen: NDArray[np.bool_], values: NDArray[np.float16], place: NDArray[np.intp], other: Any
) -> NDArray[np.float32]:
    if not len(values):
        return np.broadcast_to(np.float32(other), seen.shape).copy()
    found: NDArray[np.float32] = np.where(seen, values[place].astype(np.float32), other)
    return found


def _estimate(known: NDArray[np.uint64], row: NDArray[np.uint64]) -> KneserNey:
    """The model of a row of places in `known`, the words' hashes."""
    size = np.uint64(len(known))
    pairs, pair_of = np.unique(row[:-1] * size + row[1:], return_inverse=True)
    first, second = pairs // size, (pairs % size).astype(np.intp)
    triples, count = np.unique(pair_of[:-1].astype(np.uint64) * size + row[2:], return_counts=True)
    history, last = (triples // size).astype(np.intp), triples % size

    # Lower orders count the different words before, not occurrences: what follows everything is likely anywhere.
    middle_last = np.searchsorted(pairs, second[history].astype(np.uint64) * size + last)
    before = np.maximum(np.bincount(middle_last, minlength=len(pairs)), 1)
    starts = np.bincount(second, minlength=len(known))
    total = int(starts.sum())
    p1 = np.maximum(starts - DISCOUNT, 0) / total + DISCOUNT * np.count_nonzero(starts) / total / (len(known) + 1)
    p2, left1 = _order(first.astype(np.intp), before, p1[second], least=1, histories=len(known))
    p3, left2 = _order(history, count, p2[middle_last], least=LEAST_TRIGRAM, histories=len(pairs))
    kept = count >= LEAST_TRIGRAM
    pair_hashes = pair_hash(known[first.astype(np.intp)], known[second])
    triple_hashes = pair_hash(pair_hashes[history[kept]], known[last[kept].astype(np.intp)])
    return KneserNey(
        words=_sorted(known, p1, left1),
        pairs=_sorted(pair_hashes, p2, left2),
        triples=_sorted(triple_hashes, p3[kept], np.ones(0)),
        unseen=float(np.log(DISCOUNT * np.count_nonzero(starts) / total / (len(known) + 1)).astype(np.float32)),
    )


def _order(
    history: NDArray[np.intp], count: NDArray[Any], lower: NDArray[np.float64], *, least: int, histories: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """p of each n-gram, and for each history the mass that those kept leave to shorter ones."""
    total = np.bincount(history, weights=count, minlength=histories)
    discounted = np.where(count >= least, count - DISCOUNT, 0.0)
    left = 1.0 - np.bincount(history, weights=discounted, minlength=histories) / np.maximum(total, 1)
    return discounted / total[history] + left[history] * lower, left


def _sorted(found: NDArray[np.uint64], p: NDArray[np.float64], left: NDArray[np.float64]) -> Order:
    grams = SortedHashes.of(found)
    order = np.argsort(found)
    if len(grams) < len(found):  # two that share their upper bits, one set in 30: the first stands for both
        order = order[np.unique(found[order] >> np.uint64(64 - grams.bits), return_index=True)[1]]
    log_left = np.log(left[order]) if len(left) else left
    return Order(grams, np.log(p[order]).astype(np.float16), log_left.astype(np.float16))
