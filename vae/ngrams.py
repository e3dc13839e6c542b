"""A trigram model of a corpus's words: which words it knows, which stand together, and how likely a text is."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from string import punctuation
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from safetensors.numpy import load, save

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

EDGE = ""
"""Stands before the first word of a text and behind every sentence."""

SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*$")

DISCOUNT = 0.75
LEAST_TRIGRAM = 2
"""Trigrams seen less often are left to the bigrams: half the size for a little perplexity."""

_MARKS = punctuation.replace("<", "").replace(">", "") + "“”‘’…–—"
_MIX = 0x9E3779B97F4A7C15


class _Order(NamedTuple):
    """N-grams as sorted hashes, with log p of the last word, and log of the mass left to shorter histories behind."""

    hashes: NDArray[np.uint64]
    log_p: NDArray[np.float32]
    left: NDArray[np.float32]

    def find(self, asked: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """The place of each n-gram, and whether it is there."""
        place = np.minimum(np.searchsorted(self.hashes, asked), len(self.hashes) - 1)
        return place, self.hashes[place] == asked


@dataclass(frozen=True)
class NGrams:
    """Interpolated Kneser-Ney of order 3 with one discount (Chen & Goodman 1999, section 2.7).

    Words count without case and outer punctuation. A 64-bit hash stands for each n-gram: of a million, one unseen in
    10^13 passes for seen.
    """

    words: _Order
    pairs: _Order
    triples: _Order
    unseen: float
    """log p of a word that was never seen."""
    held_out: float = 0.0
    """Mean log p of texts that were not counted; 0 where that was not measured."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> NGrams:
        """Counts masked texts, one segment each."""
        # An EDGE more at either end: the first and the last text then stand among others too.
        row = np.array([_hash(EDGE), *(_hash(word) for text in texts for word in tokens(text)), _hash(EDGE)], np.uint64)
        known, ids = np.unique(row, return_inverse=True)
        return _estimate(known, ids.astype(np.uint64))

    def word_log_p(self, words: Sequence[str]) -> NDArray[np.float32]:
        """log p of each word by itself, in nats; above `unseen` where it was seen."""
        place, seen = self.words.find(hashes(words))
        return np.where(seen, self.words.log_p[place], np.float32(self.unseen))

    def log_p(self, row: NDArray[np.uint64]) -> NDArray[np.float32]:
        """log p of each token of a row of hashes but the first, in nats, given the one or two before it."""
        place, seen = self.words.find(row)
        found = np.where(seen, self.words.log_p[place], np.float32(self.unseen))[1:]
        left = np.where(seen, self.words.left[place], np.float32(0))[:-1]
        pairs = _pair(row[:-1], row[1:])
        place, seen = self.pairs.find(pairs)
        found = np.where(seen, self.pairs.log_p[place], left + found)
        if len(row) > 2:
            left = np.where(seen, self.pairs.left[place], np.float32(0))[:-1]
            place, seen = self.triples.find(_pair(pairs[:-1], row[2:]))
            found[1:] = np.where(seen, self.triples.log_p[place], left + found[1:])
        return found

    def known_pairs(self, texts: Iterable[str]) -> float:
        """Share of neighbours in masked texts, sentence edges too, that stood side by side; 0 for no pair."""
        rows = [hashes(tokens(text)) for text in texts]
        known = [self.pairs.find(_pair(row[:-1], row[1:]))[1] for row in rows]
        return float(np.concatenate(known).mean()) if any(map(len, known)) else 0.0

    def mean_log_p(self, text: str) -> float:
        """Mean log p of a masked text's words and sentence ends, in nats; 0 for an empty text."""
        found = self.log_p(hashes(tokens(text)))
        return float(found.mean()) if len(found) else 0.0

    def measured_on(self, texts: Sequence[str]) -> NGrams:
        """Itself, with the mean log p of held-out masked texts."""
        found = [self.log_p(hashes(tokens(text))) for text in texts]
        return replace(self, held_out=float(np.concatenate(found).mean()) if any(map(len, found)) else 0.0)

    def to_bytes(self) -> bytes:
        """What ngrams.safetensors holds."""
        arrays = {"unseen": np.array([self.unseen], np.float32), "held_out": np.array([self.held_out], np.float32)}
        for name in ("words", "pairs", "triples"):
            arrays |= {f"{name}.{field}": array for field, array in getattr(self, name)._asdict().items()}
        return save(arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> NGrams:
        """Reads what to_bytes wrote."""
        arrays = load(data)
        orders = [
            _Order(*(arrays[f"{name}.{field}"] for field in _Order._fields)) for name in ("words", "pairs", "triples")
        ]
        return cls(orders[0], orders[1], orders[2], float(arrays["unseen"][0]), float(arrays["held_out"][0]))


def tokens(text: str) -> Iterator[str]:
    """The words of a masked text, EDGE before them and behind every sentence."""
    yield EDGE
    ended = True
    for word in text.split():
        yield word
        ended = bool(SENTENCE_END.search(word))
        if ended:
            yield EDGE
    if not ended:
        yield EDGE


def hashes(words: Iterable[str]) -> NDArray[np.uint64]:
    """The hash of each token."""
    return np.fromiter((_hash(word) for word in words), np.uint64)


@lru_cache(maxsize=1 << 18)
def bare(word: str) -> str:
    """A word without case and outer punctuation; pure punctuation stays."""
    return word.casefold().strip(_MARKS) or word


def _estimate(known: NDArray[np.uint64], row: NDArray[np.uint64]) -> NGrams:
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
    pair_hashes = _pair(known[first.astype(np.intp)], known[second])
    triple_hashes = _pair(pair_hashes[history[kept]], known[last[kept].astype(np.intp)])
    return NGrams(
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


def _sorted(found: NDArray[np.uint64], p: NDArray[np.float64], left: NDArray[np.float64]) -> _Order:
    if not len(found):  # one that nobody asks for, so that there is always a place to look at
        found, p, left = np.zeros(1, np.uint64), np.ones(1), np.ones(1)
    order = np.argsort(found)
    log_left = np.log(left[order]) if len(left) else left
    return _Order(found[order], np.log(p[order]).astype(np.float32), log_left.astype(np.float32))


@lru_cache(maxsize=1 << 18)
def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(bare(word).encode(), digest_size=8).digest(), "little")


def _pair(first: Any, second: Any) -> Any:
    with np.errstate(over="ignore"):  # modulo 2^64 is what is wanted
        return (first * np.uint64(_MIX)) ^ second
