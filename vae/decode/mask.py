"""What forbids pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import Tensor


class Mask(Protocol):
    """Forbids pieces by what a row has so far."""

    def __call__(self, scores: Tensor, history: Tensor) -> None:
        """Sets the scores (rows, vocab) of forbidden pieces to -inf, in place; `history` (rows, places) came before."""
