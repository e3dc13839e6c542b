"""The words of a text as counting sees them: without case and outer punctuation, sentence by sentence, hashed."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from string import punctuation
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

EDGE = ""
"""Stands before the first word of a text and behind every sentence."""

SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*$")

_MARKS = punctuation.replace("<", "").replace(">", "") + "“”‘’…–—"
_MIX = 0x9E3779B97F4A7C15


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


@lru_cache(maxsize=1 << 18)
def bare(word: str) -> str:
    """A word without case and outer punctuation; pure punctuation stays."""
    return word.casefold().strip(_MARKS) or word


def hashes(words: Iterable[str]) -> NDArray[np.uint64]:
    """The hash of each token."""
    return np.fromiter((word_hash(word) for word in words), np.uint64)


@lru_cache(maxsize=1 << 18)
def word_hash(word: str) -> int:
    """64 bits of the bare word."""
    return int.from_bytes(hashlib.blake2b(bare(word).encode(), digest_size=8).digest(), "little")


def pair_hash(first: Any, second: Any) -> Any:
    """The hash of two tokens, or of a run and the token behind it, from theirs."""
    with np.errstate(over="ignore"):  # modulo 2^64 is what is wanted
        return (first * np.uint64(_MIX)) ^ second
