"""Cuts texts at the ends of sentences into segments, which joined are exactly the text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tokenizer.packing import pack
from tokenizer.protect import Protected, may_join_words, split_words, unprotect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tokenizer.tokenizer import Tokenizer
    from tokenizer.word_table import WordRows


@dataclass(frozen=True)
class Segment:
    """A run of sentences.

    Attributes:
        protected: its masked text and the protected spans.
        ids: its piece ids without eos, at most max_len - 1. They are empty for a single word that is too long for a
            segment: such a word is kept but never varied.
    """

    protected: Protected
    ids: tuple[int, ...]

    @property
    def text(self) -> str:
        """The text without placeholders."""
        return unprotect(self.protected)


@dataclass(frozen=True, kw_only=True)
class SegmentCounts:
    """What was encoded.

    Attributes:
        words: number of words.
        characters: characters of the words.
        uncovered: characters that no piece of the vocabulary has: they are spelled in bytes, or unknown.
        pieces: pieces of the words.
        unknown: pieces that are the unknown piece.
        lost: pieces that are in no row.
    """

    words: int
    characters: int
    uncovered: int
    pieces: int
    unknown: int
    lost: int


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Rows of piece ids without eos, none of them empty.

    Attributes:
        ids: the piece ids of all rows, one row after the other, (pieces,).
        lengths: pieces of each row, (rows,).
        texts: the number of the text that each row belongs to, (rows,).
        too_long: the number of the text of each word that is longer than a segment and so in no row, (such words,).
        counts: what was encoded.
    """

    ids: NDArray[np.int32]
    lengths: NDArray[np.int64]
    texts: NDArray[np.int64]
    too_long: NDArray[np.int64]
    counts: SegmentCounts


def cut(texts: Sequence[str], *, tokenizer: Tokenizer, max_len: int) -> list[list[Segment]]:
    """Cuts each text into segments; joined by spaces they are the text with its white space folded.

    A segment has as many sentences as fit; a sentence longer than a segment is cut between words.

    Args:
        texts: the texts to cut.
        tokenizer: gives the pieces, and the spans to protect.
        max_len: the most pieces of a segment, the end marker included.
    """
    words, text_of = _words_of(texts, tokenizer)
    rows = tokenizer.words.look_up(words)
    starts = pack(rows, text_of, limit=max_len - 1)
    size = np.where(rows.size < max_len, rows.size, 0)
    ids = rows.pieces(size).tolist()
    ends = np.append(0, np.cumsum(size))
    segments: list[list[Segment]] = [[] for _ in texts]
    for start, end in pairwise([*starts.tolist(), len(words)]):
        protected = tokenizer.protect(" ".join(words[start:end]))
        segments[text_of[start]].append(Segment(protected, tuple(ids[ends[start] : ends[end]])))
    return segments


def cut_ids(texts: Sequence[str], *, tokenizer: Tokenizer, max_len: int) -> Pieces:
    """Returns the piece ids of the segments that `cut` makes; words that are too long are in no row."""
    rows, text_of = _looked_up(texts, tokenizer)
    too_long = rows.size >= max_len
    starts = pack(rows, text_of, limit=max_len - 1)
    return _pieces(rows, np.where(too_long, 0, rows.size), text_of, starts, too_long=text_of[too_long])


def truncate_ids(texts: Sequence[str], *, tokenizer: Tokenizer, max_len: int) -> Pieces:
    """Returns one row for each text: its first max_len - 1 pieces."""
    rows, text_of = _looked_up(texts, tokenizer)
    starts = np.flatnonzero(np.diff(text_of, prepend=-1))
    before = np.cumsum(rows.size, dtype=np.int64) - rows.size
    before -= before[starts].repeat(np.diff(starts, append=len(text_of)))
    kept = np.clip(max_len - 1 - before, 0, rows.size).astype(np.int32)
    return _pieces(rows, kept, text_of, starts, too_long=np.zeros(0, np.int64))


def _words_of(texts: Sequence[str], tokenizer: Tokenizer) -> tuple[list[str], NDArray[np.int64]]:
    """Returns the words of all texts in a row, and the number of the text of each word, (words,)."""
    words: list[str] = []
    counts = []
    for text in texts:
        words_of_text = split_words(text, tokenizer.protects)
        words += words_of_text
        counts.append(len(words_of_text))
    return words, np.repeat(np.arange(len(texts)), counts)


def _looked_up(texts: Sequence[str], tokenizer: Tokenizer) -> tuple[WordRows, NDArray[np.int64]]:
    """Returns the rows of the words of all texts, as `look_up` gives them for `_words_of`, and each word's text.

    Arrow splits the texts at the same white space and finds the distinct words, so that Python looks up only these, one
    word in seven. Texts in which a span may have white space are split by `split_words`.
    """
    import pyarrow as pa  # noqa: PLC0415  (slow to import, and `cut` does not need it)
    import pyarrow.compute as pc  # noqa: PLC0415

    whole = [number for number, text in enumerate(texts) if may_join_words(text)]
    plain = pa.array(texts, pa.string(), mask=np.isin(np.arange(len(texts)), whole))
    split = pc.utf8_split_whitespace(plain)
    words, text_of = split.flatten(), pc.list_parent_indices(split)
    if pc.min(pc.binary_length(words)).as_py() == 0:  # before white space at an end of a text
        is_word = pc.not_equal(words, "")
        words, text_of = words.filter(is_word), text_of.filter(is_word)
    coded = words.dictionary_encode()
    distinct, codes, owners = coded.dictionary.to_pylist(), coded.indices.to_numpy(), text_of.to_numpy()
    if whole:
        more, of_whole = _words_of([texts[number] for number in whole], tokenizer)
        owners = np.append(owners, np.array(whole)[of_whole])
        codes = np.append(codes, len(distinct) + np.arange(len(more)))
        order = np.argsort(owners, kind="stable")
        distinct, codes, owners = distinct + more, codes[order], owners[order]
    return tokenizer.words.look_up(distinct, codes), owners.astype(np.int64)


def _pieces(
    words: WordRows,
    size: NDArray[np.int32],
    text_of: NDArray[np.int64],
    starts: NDArray[np.int64],
    *,
    too_long: NDArray[np.int64],
) -> Pieces:
    """Makes rows that begin at the words `starts` and have the first `size` pieces of every word."""
    lengths = np.add.reduceat(size, starts, dtype=np.int64) if len(starts) else np.zeros(0, np.int64)
    ids = words.pieces(size)
    pieces = int(words.size.sum(dtype=np.int64))
    return Pieces(
        ids=ids,
        lengths=lengths[lengths > 0],
        texts=text_of[starts][lengths > 0],
        too_long=too_long,
        counts=SegmentCounts(
            words=len(size),
            characters=int(words.characters.sum(dtype=np.int64)),
            uncovered=int(words.uncovered.sum(dtype=np.int64)),
            pieces=pieces,
            unknown=int(words.unknown.sum(dtype=np.int64)),
            lost=pieces - len(ids),
        ),
    )
