"""Counts the words of each text of a column, directly in its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

_SPACES: Final = np.isin(np.arange(256), list(b" \t\n\r\v\f"))


def count_words(column: pa.ChunkedArray) -> list[int]:
    """Returns how many words each text has: runs of bytes between ASCII white space, as cleaned text has no other."""
    texts = column.combine_chunks()
    _, offsets_buffer, data = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    characters = np.frombuffer(data or b"", np.uint8)[offsets[0] : offsets[-1]]
    is_space = _SPACES[characters]
    begins = ~is_space
    begins[1:] &= is_space[:-1]
    starts = offsets[:-1] - offsets[0]
    nonempty = starts[starts < len(begins)]
    begins[nonempty] = ~is_space[nonempty]
    words_before = np.concatenate([[0], np.cumsum(begins)])
    counts: list[int] = (words_before[offsets[1:] - offsets[0]] - words_before[starts]).tolist()
    return counts
