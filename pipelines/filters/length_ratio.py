from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within
from pipelines.filters.words_and_phrases import folded_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class LengthRatio:
    """Kept if the number of words, divided by that of the source, lies within minimum and maximum.

    The defaults are this project's own: a variation says about as much as its source. The absolute lengths that others
    ask for (Gopher: 50 to 100,000 words) would drop every short post.
    """

    name: ClassVar[str] = "length_ratio"
    minimum: float = default_threshold("length_ratio", "minimum")
    maximum: float = default_threshold("length_ratio", "maximum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The ratio of words; 1 if both texts have none."""
        return [
            _ratio(len(folded_words(candidate.text)), len(folded_words(candidate.source))) for candidate in candidates
        ]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text about as long as its source."""
        what = "words, divided by those of the source"
        return within(self.name, value, what=what, minimum=self.minimum, maximum=self.maximum)


def _ratio(words: int, source_words: int) -> float:
    return 1.0 if words == source_words else words / max(source_words, 1)
