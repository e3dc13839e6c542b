from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Kept if the share of changed words is at least minimum: not a copy of the source.

    Data augmentation keeps texts within a band of similarity; this is the bound against copies. The default is this
    project's own.
    """

    name: ClassVar[str] = "copy"
    minimum: float = default_threshold("copy", "minimum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The share of changed words, 0 to 1."""
        return [candidate.change for candidate in candidates]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text of which at least minimum changed."""
        return within(self.name, value, what="share of changed words", minimum=self.minimum)
