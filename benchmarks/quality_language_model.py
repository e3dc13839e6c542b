"""The language model by which quality.py judges variations; it is trained on posts that no other model has read."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from tokenizer.protect import PLACEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ORDER, BITS = 5, 12
"""Five ids of pieces, 12 bits each, fit into one integer of 64 bits."""

VOCABULARY = 4000
BOS, EOS = 1, 2


class _Order(NamedTuple):
    """Counts of n-grams of one length, and of their histories (the pieces before the last one), both sorted."""

    grams: NDArray[np.uint64]
    counts: NDArray[np.int64]
    histories: NDArray[np.uint64]
    totals: NDArray[np.int64]
    kinds: NDArray[np.int64]
    discount: float


@dataclass(frozen=True)
class PieceModel:
    """An interpolated Kneser-Ney model of order 5 over SentencePiece pieces, by Chen & Goodman 1999.

    Each order has one discount. The model reads masked texts, and gives every text a probability, since pieces spell
    unknown words. Case and punctuation count.
    """

    tokenizer: SentencePieceProcessor
    orders: tuple[_Order, ...]

    @classmethod
    def of(cls, passages: Sequence[str]) -> PieceModel:
        """Trains the tokenizer, and counts n-grams."""
        model = io.BytesIO()
        SentencePieceTrainer.train(
            sentence_iterator=iter(passages),
            model_writer=model,
            vocab_size=VOCABULARY,
            byte_fallback=True,
            user_defined_symbols=list(PLACEHOLDERS.values()),
            num_threads=1,
            max_sentence_length=1 << 16,
            minloglevel=2,
        )
        tokenizer = SentencePieceProcessor(model_proto=model.getvalue())
        windows = np.concatenate([_windows(tokenizer.encode(passage)) for passage in passages])
        grams, counts = np.unique(windows, return_counts=True)
        orders = []
        for length in range(ORDER, 0, -1):
            histories, place = np.unique(grams >> np.uint64(BITS), return_inverse=True)
            totals, kinds = np.bincount(place, weights=counts).astype(np.int64), np.bincount(place)
            once, twice = np.count_nonzero(counts == 1), np.count_nonzero(counts == 2)
            orders.append(_Order(grams, counts, histories, totals, kinds, once / max(1, once + 2 * twice)))
            # Shorter n-grams count the different pieces before them.
            grams, counts = np.unique(grams & _mask(length - 1), return_counts=True)
        return cls(tokenizer, tuple(reversed(orders)))

    def nats_per_word(self, passages: Sequence[str]) -> float:
        """Returns the nats of masked passages, their end markers included, divided by the number of words."""
        nats = sum(float(-self.log_p(_windows(self.tokenizer.encode(passage))).sum()) for passage in passages)
        return nats / max(1, sum(len(passage.split()) for passage in passages))

    def log_p(self, windows: NDArray[np.uint64]) -> NDArray[np.float64]:
        """Returns log p of the last piece of each window, given the pieces before it."""
        p = np.full(len(windows), 1.0 / len(self.tokenizer))
        for length, order in enumerate(self.orders, 1):
            gram = windows & _mask(length)
            place, known = _find(order.histories, gram >> np.uint64(BITS))
            where, seen = _find(order.grams, gram)
            counts = np.where(seen, order.counts[where], 0)
            kept = np.maximum(counts - order.discount, 0.0) + order.discount * order.kinds[place] * p
            p = np.where(known, kept / order.totals[place], p)
        return np.log(p)


def _windows(ids: Sequence[int]) -> NDArray[np.uint64]:
    """Packs the last ORDER pieces at each piece of a passage, and at its end."""
    row = np.array([BOS] * (ORDER - 1) + [*ids, EOS], np.uint64)
    packed = np.zeros(len(ids) + 1, np.uint64)
    for start in range(ORDER):
        packed = (packed << np.uint64(BITS)) | row[start : start + len(packed)]
    return packed


def _mask(length: int) -> np.uint64:
    return np.uint64((1 << (BITS * length)) - 1)


def _find(sorted_keys: NDArray[np.uint64], keys: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    place = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    return place, sorted_keys[place] == keys
