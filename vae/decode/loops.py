"""No run of pieces again and again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import torch

from tokenizer.tokenizer import EOS

if TYPE_CHECKING:
    from collections.abc import Sequence


class NoRepeat:
    """Forbids the piece that would complete a run of `size` pieces a second time (Paulus et al. 2018, section 2.5).

    A run that the row's source has more than once may come as often as there.
    """

    def __init__(self, size: int, sources: Sequence[Sequence[int]]) -> None:
        self._size = size
        self._allowed = [
            Counter(tuple(source[start : start + size]) for start in range(len(source) - size + 1))
            for source in sources
        ]

    def __call__(self, scores: torch.Tensor, history: torch.Tensor) -> None:
        """Forbids the next piece of every earlier place that reads as the row's end does; rows that ended are left."""
        size = self._size
        if history.shape[1] < size:
            return
        runs = history.unfold(1, size, 1)
        end = history[:, history.shape[1] - size + 1 :]
        again = (runs[..., :-1] == end[:, None]).all(-1) & (history[:, -1:] != EOS)
        rows, places = again.nonzero(as_tuple=True)
        seen = Counter(zip(rows.tolist(), map(tuple, runs[rows, places].tolist()), strict=True))
        blocked = [(row, run[-1]) for (row, run), times in seen.items() if times >= max(1, self._allowed[row][run])]
        if blocked:
            scores[tuple(zip(*blocked, strict=True))] = -torch.inf
