"""Finds runs of words that a text shares with the training texts, which quality.py counts as leaking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

RUN = 12
"""Words of a run; decontamination uses 8 to 13 (Brown et al. 2020, appendix C)."""


class TrainingRuns:
    """Knows all runs of RUN words of the training texts, as sorted 64-bit hashes (8 bytes a word)."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._hashes: NDArray[np.int64] = np.unique(np.fromiter((h for text in texts for h in _runs(text)), np.int64))

    def leaked(self, text: str, *, source: str) -> bool:
        """Returns whether the text shares a run with a training text, but not with its source."""
        new = np.array(sorted(set(_runs(text)) - set(_runs(source))), np.int64)
        return bool(np.isin(new, self._hashes, assume_unique=True).any())


def _runs(text: str) -> Iterator[int]:
    words = text.split()
    return (hash(tuple(words[k : k + RUN])) for k in range(len(words) - RUN + 1))
