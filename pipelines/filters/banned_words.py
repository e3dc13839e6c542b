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
class BannedWords:
    """Kept if none of the words stands in the text, even where the source holds it.

    Whole words or phrases, whatever the case.
    """

    name: ClassVar[str] = "banned_words"
    words: tuple[str, ...] = ()

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """How many stand there, each as often as it does."""
        return [float(sum(occurrences(each.text, self.words).values())) for each in candidates]

    def verdict(self, value: float) -> Judgement:
        """Whether there is none."""
        return within(self.name, value, what="banned words in the text", maximum=0)
