from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within
from pipelines.filters.words_and_phrases import folded_words, ngrams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """Kept if the share of repeated four-word runs exceeds the source's own share by at most maximum.

    A run is repeated if the same four words stood earlier in the text. The source's share is allowed, since a refrain
    of the source is no fault of the variation. This rule is stricter than `gopher_repetition`, which looks at longer
    runs.
    """

    name: ClassVar[str] = "repetition"
    maximum: float = default_threshold("repetition", "maximum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The share of repeated runs above the source's share, 0 to 1."""
        return [
            max(0.0, _repeated_share(candidate.text) - _repeated_share(candidate.source)) for candidate in candidates
        ]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text that repeats itself hardly more than its source."""
        return within(self.name, value, what="repeated four-word runs beyond the source's", maximum=self.maximum)


@lru_cache(maxsize=16)  # one source has many variations
def _repeated_share(text: str) -> float:
    grams = ngrams(folded_words(text), 4)
    return 1 - len(set(grams)) / len(grams) if grams else 0.0
