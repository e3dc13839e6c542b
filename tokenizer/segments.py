"""Texts cut at sentence ends into segments of at most `max_len` pieces, and exactly joined again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tokenizer.packing import pack
from tokenizer.protect import Protected, split_words, unprotect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tokenizer.tokenizer import Tokenizer
    from tokenizer.word_table import WordRows


@dataclass(frozen=True)
class Segment:
    """A run of sentences, masked, and its piece ids (without eos, so at most max_len - 1).

    `ids` is empty for a single word too long for a segment: it is kept, never varied.
    """

    protected: Protected
    ids: tuple[int, ...]

    @property
    def text(self) -> str:
        """The text as the source has it."""
        return unprotect(self.protected)


@dataclass(frozen=True, kw_only=True)
class SegmentCounts:
    """What there was to encode: words, their characters, their pieces.

    `uncovered` characters are in no piece of the vocabulary, but spelled in bytes or unknown; `unknown` are the
    pieces that stand for such; `lost` those in no row.
    """

    words: int
    characters: int
    uncovered: int
    pieces: int
    unknown: int
    lost: int


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Rows of piece ids, without eos, one behind the other.

    `ids` is of shape (pieces,); `lengths`, and `texts`, the number of the text that each row is of, are of shape
    (rows,), and no row is empty. `too_long`, of shape (words too long,), is the number of the text that such a word,
    which is in no row, is of.
    """

    ids: NDArray[np.int32]
    lengths: NDArray[np.int64]
    texts: NDArray[np.int64]
    too_long: NDArray[np.int64]
    counts: SegmentCounts


def cut(texts: Sequence[str], *, tokenizer: Tokenizer, max_len: int) -> list[list[Segment]]:
    """The segments of each text; `" ".join(s.text for s in segments)` is the text, its white space folded.

    Sentences are packed greedily. One longer than a segment is cut between words.
    """
    words, text_of = _words_of(texts, tokenizer)
    found = tokenizer.words.look_up(words)
    starts = pack(found, text_of, limit=max_len - 1)
    size = np.where(found.size < max_len, found.size, 0)
    ids = found.pieces(size).tolist()
    ends = np.append(0, np.cumsum(size))
    segments: list[list[Segment]] = [[] for _ in texts]
    for start, end in pairwise([*starts.tolist(), len(words)]):
        protected = tokenizer.protect(" ".join(words[start:end]))
        segments[text_of[start]].append(Segment(protected, tuple(ids[ends[start] : ends[end]])))
    return segments


def cut_ids(texts: Sequence[str], *, tokenizer: Tokenizer, max_len: int) -> Pieces:
    """The ids of the segments that `cut` gives, for many texts at once; words too long are in no row."""
    words, text_of = _words_of(texts, tokenizer)
    found = tokenizer.words.look_up(words)
    too_long = found.size >= max_len
    starts = pack(found, text_of, limit=max_len - 1)
    return _pieces(found, np.where(too_long, 0, found.size), text_of, starts, too_long=text_of[too_long])


def truncate_ids(texts: Sequence[str], *, tokenizer: Tokenizer, max_len: int) -> Pieces:
    """One row a text, its first max_len - 1 pieces."""
    words, text_of = _words_of(texts, tokenizer)
    found = tokenizer.words.look_up(words)
    starts = np.flatnonzero(np.diff(text_of, prepend=-1))
    before = np.cumsum(found.size, dtype=np.int64) - found.size
    before -= before[starts].repeat(np.diff(starts, append=len(words)))
    kept = np.clip(max_len - 1 - before, 0, found.size).astype(np.int32)
    return _pieces(found, kept, text_of, starts, too_long=np.zeros(0, np.int64))


def _words_of(texts: Sequence[str], tokenizer: Tokenizer) -> tuple[list[str], NDArray[np.int64]]:
    words: list[str] = []
    counts = []
    for text in texts:
        row = split_words(text, tokenizer.protects)
        words += row
        counts.append(len(row))
    return words, np.repeat(np.arange(len(texts)), counts)


def _pieces(
    found: WordRows,
    size: NDArray[np.int32],
    text_of: NDArray[np.int64],
    starts: NDArray[np.int64],
    *,
    too_long: NDArray[np.int64],
) -> Pieces:
    """Rows that begin at the words at `starts`, of the first `size` pieces of every word."""
    lengths = np.add.reduceat(size, starts, dtype=np.int64) if len(starts) else np.zeros(0, np.int64)
    ids = found.pieces(size)
    pieces = int(found.size.sum(dtype=np.int64))
    return Pieces(
        ids=ids,
        lengths=lengths[lengths > 0],
        texts=text_of[starts][lengths > 0],
        too_long=too_long,
        counts=SegmentCounts(
            words=len(size),
            characters=int(found.characters.sum(dtype=np.int64)),
            uncovered=int(found.uncovered.sum(dtype=np.int64)),
            pieces=pieces,
            unknown=int(found.unknown.sum(dtype=np.int64)),
            lost=pieces - len(ids),
        ),
    )
