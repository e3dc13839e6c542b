from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.rule import within
from pipelines.filters.words_and_phrases import occurrences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class RequiredWords:
    """Kept if every one of the words stands in the text, even where the source lacks it.

    Whole words or phrases, whatever the case.
    """

    name: ClassVar[str] = "required_words"
    words: tuple[str, ...] = ()

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """How many are missing."""
        return [float([*occurrences(each.text, self.words).values()].count(0)) for each in candidates]

    def verdict(self, value: float) -> Judgement:
        """Whether none is missing."""
        return within(self.name, value, what="required words missing", maximum=0)
