from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within
from pipelines.filters.sentence_cosines import sentence_cosines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class WorstSentence:
    """Kept if every sentence is at least minimum similar to the sentence it was made of.

    It looks at the smallest of the cosines that `similarity` takes the mean of, since the other sentences do not make
    up for one that says something else. The default is this project's own.
    """

    name: ClassVar[str] = "worst_sentence"
    reads_source: ClassVar[bool] = True
    minimum: float = default_threshold("worst_sentence", "minimum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The smallest cosine, -1 to 1; None where no English sentence may be varied."""
        return [
            min((sentence.cosine for sentence in cosines), default=None) for cosines in sentence_cosines(candidates)
        ]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text in which no sentence says something else."""
        what = "smallest cosine of a sentence's embedding with its source's"
        return within(self.name, value, what=what, minimum=self.minimum)

    def measures_as(self, earlier: Mapping[str, Any]) -> bool:
        """Whether the rule was on."""
        return bool(earlier)
