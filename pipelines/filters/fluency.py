from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.rule import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class Fluency:
    """Kept if the perplexity of the varied words, divided by that of their source, is at most maximum.

    By the model's own n-grams of the training texts. The filter of CCNet (Wenzek et al. 2020, section 3.3), relative
    to the source, or to held-out texts where the source is likelier: a post that the n-grams were counted on seems to
    read better than any variation of it could. The default is this project's.
    """

    name: ClassVar[str] = "fluency"
    maximum: float = 3

    def measure(self, candidates: Sequence[Candidate], model: TextVAE) -> list[float | None]:
        """The ratio of perplexities a word, 1 for no varied words; None for a model without n-grams."""
        if model.ngrams is None:
            return [None] * len(candidates)
        log_p = {text: model.ngrams.mean_log_p(text) for text in {text for each in candidates for text in each.masked}}
        usual = model.ngrams.held_out
        return [
            exp(min(log_p[source], usual) - log_p[varied]) if varied else 1.0
            for source, varied in (each.masked for each in candidates)
        ]

    def verdict(self, value: float) -> Judgement:
        """Whether the text reads about as well as its source."""
        what = "perplexity of the varied words, divided by that of their source"
        return within(self.name, value, what=what, maximum=self.maximum)
