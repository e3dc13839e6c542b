"""The words of a corpus and which of them stand side by side: what a variation may be made of."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from string import punctuation
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import load, save

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

EDGE = ""
"""Stands before the first and after the last word of a sentence."""

SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*$")

_MARKS = punctuation.replace("<", "").replace(">", "") + "“”‘’…–—"
_MIX = 0x9E3779B97F4A7C15
TEXTS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Lexicon:
    """Sorted 64-bit hashes of words (case folded, outer punctuation dropped) and of pairs of neighbours.

    A hash stands for its word: of a million pairs, one unseen pair in 10^13 passes for seen.
    """

    words: NDArray[np.uint64]
    pairs: NDArray[np.uint64]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Lexicon:
        """Reads masked texts, one segment each."""
        words: NDArray[np.uint64] = np.zeros(0, np.uint64)
        pairs: NDArray[np.uint64] = np.zeros(0, np.uint64)
        waiting = iter(texts)
        while many := list(islice(waiting, TEXTS_AT_ONCE)):
            row = _hashes(many)
            words = np.union1d(words, row)
            pairs = np.union1d(pairs, _pairs(row))
        return cls(words, pairs)

    def knows_words(self, words: Iterable[str]) -> bool:
        """Whether every word was seen."""
        return all(_holds(self.words, _hash(word)) for word in words)

    def knows_pair(self, first: str, second: str) -> bool:
        """Whether the two words stood side by side; EDGE is a sentence's end."""
        return _holds(self.pairs, _pair(np.uint64(_hash(first)), np.uint64(_hash(second))))

    def known_pairs(self, texts: Iterable[str]) -> float:
        """Share of the pairs of neighbours in masked texts, sentence edges too, that are known; 0 for no pair."""
        asked = _pairs(_hashes(texts))
        known = np.searchsorted(self.pairs, asked, "right") > np.searchsorted(self.pairs, asked)
        return float(known.mean()) if len(asked) else 0.0

    def to_bytes(self) -> bytes:
        """What lexicon.safetensors holds."""
        return save({"words": self.words, "pairs": self.pairs})

    @classmethod
    def from_bytes(cls, data: bytes) -> Lexicon:
        """Reads what to_bytes wrote."""
        return cls(**load(data))


def _hashes(texts: Iterable[str]) -> NDArray[np.uint64]:
    """The words of all texts in a row, EDGE between sentences."""
    return np.array([_hash(word) for text in texts for word in _with_edges(text)], dtype=np.uint64)


def _pairs(row: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Neighbours in a row of hashes, but for the gap between an end and a beginning."""
    edge = np.uint64(_hash(EDGE))
    apart = (row[:-1] == edge) & (row[1:] == edge)
    pairs: NDArray[np.uint64] = _pair(row[:-1], row[1:])[~apart]
    return pairs


def _with_edges(text: str) -> Iterator[str]:
    yield EDGE
    for word in text.split():
        yield word
        if SENTENCE_END.search(word):
            yield EDGE
    yield EDGE


def bare(word: str) -> str:
    """A word without case and outer punctuation; pure punctuation stays."""
    return word.casefold().strip(_MARKS) or word


@lru_cache(maxsize=1 << 18)
def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(bare(word).encode(), digest_size=8).digest(), "little")


def _pair(first: Any, second: Any) -> Any:
    with np.errstate(over="ignore"):  # modulo 2^64 is what is wanted
        return (first * np.uint64(_MIX)) ^ second


def _holds(known: NDArray[np.uint64], asked: Any) -> bool:
    place = int(np.searchsorted(known, np.uint64(asked)))
    return place < len(known) and bool(known[place] == np.uint64(asked))
