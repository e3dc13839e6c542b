from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.rule import within
from pipelines.filters.sentence_cosines import sentence_cosines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class WorstSentence:
    """Kept if every sentence is at least minimum similar to the one it was.

    By the cosine that `similarity` takes the mean of: a sentence that says something else is not made good by the
    others. The default is this project's.
    """

    name: ClassVar[str] = "worst_sentence"
    minimum: float = 0.7

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The smallest cosine, -1 to 1; None where no English sentence may be varied."""
        return [min((each.cosine for each in cosines), default=None) for cosines in sentence_cosines(candidates)]

    def verdict(self, value: float) -> Judgement:
        """Whether no sentence says something else."""
        what = "smallest cosine of a sentence's embedding with its source's"
        return within(self.name, value, what=what, minimum=self.minimum)
