"""The words of many texts, each distinct one worked out once."""

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


_CHARACTERS = 1 << 21
"""Characters of distinct words kept at most, about 100,000 words or 25 MB: more are seldom met again."""


@dataclass(frozen=True, kw_only=True)
class WordRows:
    """What is known of words in a row; every array is of shape (words,) but `store`.

    A word's pieces are `store[first : first + size]`. Of its `characters`, `uncovered` are in no piece of the
    vocabulary: they are spelled in bytes, or unknown.
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
        """The first `size` pieces of every word, in one row."""
        behind = np.cumsum(size, dtype=np.int32)
        place = np.arange(behind[-1] if len(behind) else 0, dtype=np.int32)
        place += np.repeat(self.first - behind + size, size)
        return self.store[place]


class CutsWords(Protocol):
    """What a word table asks of a tokenizer; `Tokenizer` tells what each is."""

    protects: frozenset[str]

    @property
    def unknown(self) -> NDArray[np.bool_]:
        """Which pieces stand for unknown characters, (vocab,)."""

    @property
    def byte_starts(self) -> NDArray[np.bool_]:
        """Which pieces are the first byte of a character, (vocab,)."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The piece ids of masked texts."""

    def unknown_characters(self, masked: str) -> int:
        """How many characters of a masked text no piece stands for."""


class WordTable:
    """Looks up the words of texts for one tokenizer; safe to share between threads.

    Pieces never cross white space, so that a text's pieces are those of its words in a row, and language repeats
    itself: of forty million characters in posts, one word in twenty is new.
    """

    def __init__(self, tokenizer: CutsWords) -> None:
        self._tokenizer, self._lock = tokenizer, Lock()
        self._forget()

    def look_up(self, words: Sequence[str]) -> WordRows:
        """What is known of each word (none of them empty), in order."""
        with self._lock:
            if self._characters > _CHARACTERS:
                self._forget()
            known = len(self._index)
            try:
                codes = np.fromiter(map(self._index.__getitem__, words), np.int32, len(words))
                if new := list(islice(reversed(self._index), len(self._index) - known))[::-1]:
                    self._add(new)
            except BaseException:
                self._forget()  # the index names words that the rows lack
                raise
            first, size, characters, uncovered, unknown, ends, begins = self._rows.of.take(codes, axis=1)
            return WordRows(
                first=first,
                size=size,
                characters=characters,
                uncovered=uncovered,
                unknown=unknown,
                ends=ends,
                begins=begins,
                store=self._store.of,
            )

    def _forget(self) -> None:
        self._index: defaultdict[str, int] = defaultdict()
        self._index.default_factory = self._index.__len__  # a new word gets the next number
        self._rows, self._store, self._characters = _Growing(7), _Growing(), 0

    def _add(self, words: list[str]) -> None:
        masked = mask_words(words, self._tokenizer.protects)
        rows = self._tokenizer.encode(masked)
        size = np.fromiter(map(len, rows), np.int32, len(rows))
        pieces = np.fromiter(chain.from_iterable(rows), np.int32, int(size.sum()))
        behind = np.cumsum(size, dtype=np.int64)
        characters = np.fromiter(map(len, words), np.int32, len(words))
        unknown = _sums(self._tokenizer.unknown[pieces], behind, size)
        uncovered = _sums(self._tokenizer.byte_starts[pieces], behind, size)
        for place in np.flatnonzero(unknown):
            uncovered[place] += self._tokenizer.unknown_characters(masked[place])
        self._rows.extend(
            np.stack(
                [
                    self._store.size + behind - size,
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
    """An array of int32 that grows along its last axis; what was handed out stays as it was."""

    def __init__(self, *rows: int) -> None:
        self.of = np.zeros((*rows, 1024), np.int32)
        self.size = 0

    def extend(self, more: NDArray[np.int32]) -> None:
        size = self.size + more.shape[-1]
        if size > self.of.shape[-1]:
            larger = np.zeros((*self.of.shape[:-1], 2 * size), np.int32)
            larger[..., : self.size] = self.of[..., : self.size]
            self.of = larger
        self.of[..., self.size : size] = more
        self.size = size


def _sums(flags: NDArray[np.bool_], behind: NDArray[np.int64], size: NDArray[np.int32]) -> NDArray[np.int32]:
    """How many flags are set in each run, given where the runs end."""
    total = np.zeros(len(flags) + 1, np.int32)
    np.cumsum(flags, out=total[1:])
    sums: NDArray[np.int32] = total[behind] - total[behind - size]
    return sums
