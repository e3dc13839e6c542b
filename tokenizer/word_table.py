"""Looks up the pieces of words, and computes those of each distinct word once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, islice
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tokenizer.protect import mask_words
from tokenizer.sentences import begins_sentence, ends_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


_CHARACTERS = 1 << 22
"""The most characters of distinct words that a table keeps: about 200,000 words, or 50 MB. More rarely occur again."""


@dataclass(frozen=True, kw_only=True)
class WordRows:
    """Facts about words in a row; every array has shape (words,) except `store`.

    Attributes:
        first: where the pieces of a word begin in `store`.
        size: number of its pieces.
        characters: number of its characters.
        uncovered: number of its characters that no piece of the vocabulary has: they are spelled in bytes, or unknown.
        unknown: number of its pieces that are the unknown piece.
        ends: 1 where a sentence may end at the word, else 0.
        begins: 1 where a sentence may begin with the word, else 0.
        store: piece ids of all words of the table.
    """

    first: NDArray[np.int32]
    size: NDArray[np.int32]
    characters: NDArray[np.int32]
    uncovered: NDArray[np.int32]
    unknown: NDArray[np.int32]
    ends: NDArray[np.int32]
    begins: NDArray[np.int32]
    store: NDArray[np.int32]

    def pieces(self, size: NDArray[np.int32]) -> NDArray[np.int32]:
        """Returns the first `size` (words,) pieces of every word, one word after the other."""
        end = np.cumsum(size, dtype=np.int32)
        place = np.arange(end[-1] if len(end) else 0, dtype=np.int32)
        place += np.repeat(self.first - end + size, size)
        return self.store[place]


class CutsWords(Protocol):
    """The part of a `Tokenizer` that a word table needs."""

    protects: frozenset[str]

    @property
    def unknown(self) -> NDArray[np.bool_]:
        """Whether each piece is the unknown piece, (vocab,)."""

    @property
    def byte_starts(self) -> NDArray[np.bool_]:
        """Whether each piece is a byte that begins a character in UTF-8, (vocab,)."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Returns the piece ids of each masked text."""

    def unknown_characters(self, masked: str) -> int:
        """Returns the number of characters of a masked text that are unknown."""


class WordTable:
    """A cache of the words that one tokenizer has encoded; threads may share it.

    Pieces never cross white space, so the pieces of a text are those of its words in a row. Most words occur again: in
    forty million characters of posts, one word in twenty is new.
    """

    def __init__(self, tokenizer: CutsWords) -> None:
        self._tokenizer, self._lock = tokenizer, Lock()
        self._clear()

    def look_up(self, words: Sequence[str], order: NDArray[np.int_] | None = None) -> WordRows:
        """Returns the facts about each word, in order or in that of the indices `order`; no word may be empty."""
        with self._lock:
            if self._characters > _CHARACTERS:
                self._clear()
            count = len(self._index)
            try:
                codes = np.fromiter(map(self._index.__getitem__, words), np.int32, len(words))
                if new := list(islice(reversed(self._index), len(self._index) - count))[::-1]:
                    self._add(new)
            except BaseException:
                self._clear()  # the index may have words that the rows lack
                raise
            codes = codes if order is None else codes[order]
            first, size, characters, uncovered, unknown, ends, begins = self._rows.values.take(codes, axis=1)
            return WordRows(
                first=first,
                size=size,
                characters=characters,
                uncovered=uncovered,
                unknown=unknown,
                ends=ends,
                begins=begins,
                store=self._store.values,
            )

    def _clear(self) -> None:
        self._index: defaultdict[str, int] = defaultdict()
        self._index.default_factory = self._index.__len__  # a new word gets the next number
        self._rows, self._store, self._characters = _Growing(7), _Growing(), 0

    def _add(self, words: list[str]) -> None:
        masked = mask_words(words, self._tokenizer.protects)
        rows = self._tokenizer.encode(masked)
        size = np.fromiter(map(len, rows), np.int32, len(rows))
        pieces = np.fromiter(chain.from_iterable(rows), np.int32, int(size.sum()))
        end = np.cumsum(size, dtype=np.int64)
        characters = np.fromiter(map(len, words), np.int32, len(words))
        unknown = _sums(self._tokenizer.unknown[pieces], end, size)
        uncovered = _sums(self._tokenizer.byte_starts[pieces], end, size)
        for place in np.flatnonzero(unknown):
            uncovered[place] += self._tokenizer.unknown_characters(masked[place])
        self._rows.extend(
            np.stack(
                [
                    self._store.size + end - size,
                    size,
                    characters,
                    uncovered,
                    unknown,
                    np.fromiter(map(ends_sentence, words), bool, len(words)),
                    np.fromiter(map(begins_sentence, words), bool, len(words)),
                ]
            )
        )
        self._store.extend(pieces)
        self._characters += int(characters.sum())


class _Growing:
    """An array of int32 that grows along its last axis; `values` that were read before stay as they were."""

    def __init__(self, *rows: int) -> None:
        self.values = np.zeros((*rows, 1024), np.int32)
        self.size = 0

    def extend(self, more: NDArray[np.int32]) -> None:
        size = self.size + more.shape[-1]
        if size > self.values.shape[-1]:
            larger = np.zeros((*self.values.shape[:-1], 2 * size), np.int32)
            larger[..., : self.size] = self.values[..., : self.size]
            self.values = larger
        self.values[..., self.size : size] = more
        self.size = size


def _sums(flags: NDArray[np.bool_], end: NDArray[np.int64], size: NDArray[np.int32]) -> NDArray[np.int32]:
    """Returns how many flags are set in each run of `size` flags that ends before `end`."""
    total = np.zeros(len(flags) + 1, np.int32)
    np.cumsum(flags, out=total[1:])
    sums: NDArray[np.int32] = total[end] - total[end - size]
    return sums
