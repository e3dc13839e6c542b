"""Lengths bounded by the source's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import EOS

if TYPE_CHECKING:
    from collections.abc import Sequence

EXTRA = 4
"""Pieces that a text may have beyond its share of the source's, so that short ones have room too."""


class LengthBound:
    """Ends each row at the latest after `ratio` pieces for each of its source's, and EXTRA."""

    def __init__(self, ratio: float, sources: Sequence[Sequence[int]]) -> None:
        self._most = [int(ratio * len(source)) + EXTRA for source in sources]

    def __call__(self, scores: torch.Tensor, history: torch.Tensor) -> None:
        """Leaves nothing but the end marker where a row is as long as it may be."""
        full = [row for row, most in enumerate(self._most) if history.shape[1] >= most]
        if full:
            ends = scores[full, EOS]
            scores[full] = -torch.inf
            scores[full, EOS] = ends
