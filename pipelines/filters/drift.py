from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipelines.filters.rule import Candidate, Judgement


@dataclass(frozen=True, kw_only=True)
class Drift:
    """Kept if the share of changed words is at most maximum: still a variation of its source.

    The floor for meaning of the similarity band in use for augmentation, told in words (TextAttack and A2T ask for
    0.8 and 0.9 in sentence embeddings); its default is this project's.
    """

    name: ClassVar[str] = "drift"
    maximum: float = 0.65

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on too much change."""
        kept = candidate.change <= self.maximum
        reason = (
            f"too far from the source: the share of changed words {candidate.change:.4g} is above "
            f"the maximum {self.maximum:.4g}"
        )
        return Judgement(
            rule=self.name,
            kept=kept,
            value=candidate.change,
            threshold=self.maximum,
            reason="" if kept else reason,
        )
