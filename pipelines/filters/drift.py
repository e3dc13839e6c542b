from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.rule import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class Drift:
    """Kept if the share of changed words is at most maximum: still a variation of its source.

    The floor for meaning of the similarity band in use for augmentation, told in words (TextAttack and A2T ask for
    0.8 and 0.9 in sentence embeddings); its default is this project's.
    """

    name: ClassVar[str] = "drift"
    maximum: float = 0.65

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The share of changed words, 0 to 1."""
        return [each.change for each in candidates]

    def verdict(self, value: float) -> Judgement:
        """Whether not too much changed."""
        return within(self.name, value, what="share of changed words", maximum=self.maximum)
