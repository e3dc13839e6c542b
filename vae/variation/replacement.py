"""Defines a replacement: other words for a run of words of a segment, and how well the model finds that they fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vae.variation.words import fitted

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Replacement:
    """The bare words `new` for the words from `start` to before `end` of a segment, in the case used inside a sentence.

    `near_new` and `far_new` are the mean log p per piece of the new words by the decoder: from latents that still
    hold the old words, and from latents that hold almost nothing of them. `near_old` and `far_old` are those of the old
    words. `used` and `meant` are the cosines of the usage and of the meaning vectors of old and new; 0 if unknown.
    """

    start: int
    end: int
    new: tuple[str, ...]
    near_new: float
    near_old: float
    far_new: float
    far_old: float
    used: float = 0.0
    meant: float = 0.0

    @property
    def size(self) -> int:
        """The number of words that the replacement changes."""
        return max(self.end - self.start, len(self.new))

    def written(self, old: Sequence[str]) -> tuple[str, ...]:
        """Returns the new words with the marks and the capital of the words `old`."""
        return fitted(old, self.new)
