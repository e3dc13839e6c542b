"""Words of a segment, and what might stand there instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vae.variation.words import fitted

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Replacement:
    """Words `start` to `end` of a segment, and the bare words `new` instead, in the case of a sentence's middle.

    `near_new` and `far_new` are the mean log p a piece of the new words by the decoder, from latents that still tell
    the old ones and from latents that tell next to nothing; `near_old` and `far_old` those of the old words. `used` and
    `meant` are cosines of the vectors of old and new: how alike they are used, and what they mean; 0 where unknown.
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
        """Words it changes."""
        return max(self.end - self.start, len(self.new))

    def written(self, old: Sequence[str]) -> tuple[str, ...]:
        """What stands instead of the words `old`, with their marks and capital."""
        return fitted(old, self.new)
