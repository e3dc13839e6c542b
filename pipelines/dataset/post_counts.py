"""Counts the words of each text of a column, directly in its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

_SPACES: Final = bytes(byte in b" \t\n\r\v\f" for byte in range(256))


def count_words(column: pa.ChunkedArray) -> list[int]:
    """Returns how many words each text has: runs of bytes between ASCII white space, as cleaned text has no other."""
    texts = column.combine_chunks()
    _, offsets_buffer, data = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    characters = memoryview(data or b"")[offsets[0] : offsets[-1]]
    is_space = np.frombuffer(b"\1" + characters.tobytes().translate(_SPACES), np.bool_)
    starts = offsets - offsets[0]
    is_first = np.zeros(len(is_space), np.bool_)
    is_first[starts] = True
    is_word = ~is_space[1:] & (is_space[:-1] | is_first[:-1])
    counts: list[int] = np.diff(np.searchsorted(np.flatnonzero(is_word), starts)).tolist()
    return counts
