"""Computes MinHash signatures of texts as hashes of LSH bands: near duplicates share a band, others hardly ever."""

from __future__ import annotations

import sys
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np
from rensa import RMinHash

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

BANDS: Final = 14
_ROWS: Final = 8
SHINGLE_WORDS: Final = 5

BANDS_VERSION: Final[int] = RMinHash.ALGORITHM_VERSION
"""The version of rensa's algorithm. Hashes of two versions cannot be compared, so staged units depend on it."""

_SEED: Final = 1
_BATCH_CHARACTERS: Final = 1 << 15  # a batch stays in the processor's cache
_ODD: Final = 0x9E3779B97F4A7C15
_MIX: Final = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def band_hashes(texts: Sequence[str], *, bands: int = BANDS, rows: int = _ROWS) -> NDArray[np.uint64]:
    r"""Returns the hashes of the bands of each text's MinHash signature: uint64 (texts, bands).

    The signature is that of the set of runs of five words (casefolded, `\w+`); a shorter text is one such run. Texts
    of Jaccard similarity s share a band with probability 1 - (1 - s^rows)^bands, which rises steeply around
    (1/bands)^(1/rows), 0.72 for 14 x 8 (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4.2).
    """
    batches = [_signatures(batch, bands * rows) for batch in _batches(texts)]
    signatures = np.concatenate(batches).reshape(-1, bands, rows) if batches else np.empty((0, bands, rows), np.uint64)
    hashes = np.broadcast_to(np.arange(1, bands + 1, dtype=np.uint64), signatures.shape[:2])
    for row in range(rows):
        hashes = _mixed(hashes * np.uint64(_ODD) + signatures[:, :, row])
    return hashes


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    characters = 0
    for text in texts:
        batch.append(text)
        characters += len(text)
        if characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _signatures(texts: list[str], size: int) -> NDArray[np.uint64]:
    """Returns the MinHash signature of each text: uint64 (texts, size)."""
    shingles, offsets = _shingles(*_word_hashes(texts))
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(_mixed(shingles), offsets, size, _SEED)
    return np.fromiter(chain.from_iterable(matrix.to_rows()), np.uint64, len(texts) * size).reshape(-1, size)


def _shingles(words: NDArray[np.uint64], counts: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Returns the polynomial hashes of all runs of five words of each text, and the bounds of each text's among them.

    A text of fewer words is one run, filled up with zeros.

    Args:
        words: the hashes of the words of all texts in a row.
        counts: the number of words of each text.
    """
    lengths = np.maximum(counts, SHINGLE_WORDS)
    ends = np.cumsum(lengths)
    filled = np.zeros(ends[-1], np.uint64)
    filled[np.arange(len(words)) + np.repeat(np.cumsum(lengths - counts) - (lengths - counts), counts)] = words
    within = np.ones(len(filled), bool)
    for place in range(1, SHINGLE_WORDS):  # a run that begins there would go on in the next text
        within[ends - place] = False
    runs = np.convolve(filled, _powers(_ODD, SHINGLE_WORDS), "valid")
    return runs[within[: len(runs)]], np.append(0, np.cumsum(lengths - SHINGLE_WORDS + 1)).astype(np.uint64)


def _word_hashes(texts: list[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Returns the polynomial hash, modulo 2^64, of each word of all texts, and the number of words of each text.

    A text without words is one word. All words of a batch are hashed at once: a word's hash is the difference of two
    prefix sums of character times base^position, times base^-start (Rabin-Karp).
    """
    folded = [text.casefold() for text in texts]
    characters = np.frombuffer(f" {' '.join(folded)} ".encode("utf-32-le", "surrogatepass"), np.uint32)
    is_word = _word_characters()[characters]
    ends = np.cumsum([1 + len(text) for text in folded])
    begins = np.append(0, ends[:-1])
    for place in np.flatnonzero(~np.logical_or.reduceat(is_word, begins)):
        is_word[begins[place] + 1 : ends[place]] = True
    edges = np.flatnonzero(is_word[1:] != is_word[:-1])
    starts, stops = edges[::2], edges[1::2]
    sums = np.cumsum(characters * _powers(_ODD, len(characters)))
    hashes = (sums[stops] - sums[starts]) * _powers(pow(_ODD, -1, 1 << 64), len(characters))[starts]
    return hashes, np.diff(np.searchsorted(starts, ends), prepend=0)


@cache
def _word_characters() -> NDArray[np.bool_]:
    r"""Returns for each code point whether `\w` matches it."""
    matches = np.char.isalnum(np.arange(sys.maxunicode + 1, dtype=np.uint32).view("U1"))
    matches[ord("_")] = True
    return matches


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    """Returns base^0, base^1, ... modulo 2^64."""
    return _all_powers(base, max(2 * _BATCH_CHARACTERS, 1 << (count - 1).bit_length()))[:count]


@lru_cache(maxsize=4)  # those of the two bases for batches of the usual size
def _all_powers(base: int, count: int) -> NDArray[np.uint64]:
    factors = np.full(count, base, np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Applies the finalizer of SplitMix64, in which every bit of a value affects every bit of its hash."""
    for shift, factor in zip((30, 27), _MIX, strict=True):
        values = (values ^ (values >> np.uint64(shift))) * np.uint64(factor)
    return values ^ (values >> np.uint64(31))
