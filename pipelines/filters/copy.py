from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.rule import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Kept if the share of changed words is at least minimum: not a copy of the source.

    The ceiling against copies of the similarity band in use for augmentation; its default is this project's.
    """

    name: ClassVar[str] = "copy"
    minimum: float = 0.01

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The share of changed words, 0 to 1."""
        return [each.change for each in candidates]

    def verdict(self, value: float) -> Judgement:
        """Whether enough changed."""
        return within(self.name, value, what="share of changed words", minimum=self.minimum)
