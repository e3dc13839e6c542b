"""Packs sentences greedily into segments, for many texts at once in NumPy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tokenizer.word_table import WordRows


def pack(words: WordRows, text_of: NDArray[np.int64], *, limit: int) -> NDArray[np.int64]:
    """Returns the places of the words that begin a segment, in order.

    A segment has as many whole sentences of one text as fit into `limit` pieces. A sentence that is longer is cut
    between words; a word that is longer is a segment by itself.

    Args:
        words: the words of all texts in a row.
        text_of: the number of the text of each word, ascending, (words,).
        limit: the most pieces of a segment.
    """
    if not len(text_of):
        return np.zeros(0, np.int64)
    new_sentence = np.diff(text_of, prepend=-1) > 0
    new_sentence[1:] |= (words.ends[:-1] & words.begins[1:]) > 0
    start = np.flatnonzero(new_sentence)
    end = np.append(start[1:], len(text_of))
    too_long = np.add.reduceat(words.size, start) > limit

    # A part is what no segment cuts: a sentence, or a word of a sentence that is too long.
    part = np.flatnonzero(new_sentence | np.repeat(too_long, end - start))
    before = np.append(np.cumsum(words.size, dtype=np.int64) - words.size, words.size.sum(dtype=np.int64))
    pieces_before = np.append(before[part], before[-1])
    # For each part, the part that begins the next segment if this part begins one.
    fits = np.searchsorted(pieces_before, pieces_before[:-1] + limit, side="right") - 1
    text_end = np.searchsorted(text_of[part], text_of[part], side="right")
    following = np.maximum(np.minimum(fits, text_end), np.arange(len(part)) + 1).tolist()

    first, place = [], 0
    while place < len(part):
        first.append(place)
        place = following[place]
    return part[first]
