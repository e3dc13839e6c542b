from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.rule import within
from pipelines.filters.words_and_phrases import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class LengthRatio:
    """Kept if the words of the text, divided by those of the source, lie within minimum and maximum.

    The defaults are this project's: a variation says about as much as its source, where the field's absolute lengths
    (Gopher: 50 to 100,000 words) would drop every short post.
    """

    name: ClassVar[str] = "length_ratio"
    minimum: float = 0.6
    maximum: float = 1.6

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The ratio of words; 1 for as many, none among them."""
        return [_ratio(len(words_of(each.text)), len(words_of(each.source))) for each in candidates]

    def verdict(self, value: float) -> Judgement:
        """Whether the lengths are about the same."""
        what = "words, divided by those of the source"
        return within(self.name, value, what=what, minimum=self.minimum, maximum=self.maximum)


def _ratio(words: int, source_words: int) -> float:
    return 1.0 if words == source_words else words / max(source_words, 1)
