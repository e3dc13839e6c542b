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
class Drift:
    """Kept if the share of changed words is at most maximum: still a variation of its source.

    Data augmentation keeps texts within a band of similarity; this is the bound against another meaning, measured in
    words (TextAttack and A2T ask for 0.8 and 0.9 in sentence embeddings). The default is this project's own.
    """

    name: ClassVar[str] = "drift"
    maximum: float = default_threshold("drift", "maximum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The share of changed words, 0 to 1."""
        return [candidate.change for candidate in candidates]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text of which at most maximum changed."""
        return within(self.name, value, what="share of changed words", maximum=self.maximum)
