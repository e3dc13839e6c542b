from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pipelines.filters.rule import plain_settings, within
from pipelines.filters.words_and_phrases import occurrences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE


@dataclass(frozen=True, kw_only=True)
class BannedWords:
    """Kept if the text holds none of the words, not even one that the source holds.

    Words and phrases are looked for as whole words, whatever their case.
    """

    name: ClassVar[str] = "banned_words"
    reads_source: ClassVar[bool] = False
    words: tuple[str, ...] = ()

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The number of banned words in the text; a word that stands twice counts twice."""
        return [float(sum(occurrences(candidate.text, self.words).values())) for candidate in candidates]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text that holds no banned word."""
        return within(self.name, value, what="banned words in the text", maximum=0)

    def measures_as(self, earlier: Mapping[str, Any]) -> bool:
        """Whether the words are those of the earlier settings."""
        return plain_settings(self) == earlier
