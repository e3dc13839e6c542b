from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipelines.filters.rule import Candidate, Judgement


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Kept if the share of changed words is at least minimum: not a copy of the source.

    The ceiling against copies of the similarity band in use for augmentation; its default is this project's.
    """

    name: ClassVar[str] = "copy"
    minimum: float = 0.03

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on too little change."""
        kept = candidate.change >= self.minimum
        reason = (
            f"nearly a copy of the source: the share of changed words {candidate.change:.4g} is below "
            f"the minimum {self.minimum:.4g}"
        )
        return Judgement(
            rule=self.name,
            kept=kept,
            value=candidate.change,
            threshold=self.minimum,
            reason="" if kept else reason,
        )
