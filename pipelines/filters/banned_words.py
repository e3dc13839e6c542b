from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipelines.filters.rule import Candidate, Judgement
from pipelines.filters.words import occurrences


@dataclass(frozen=True, kw_only=True)
class BannedWords:
    """Kept if none of the words stands in the text, even where the source holds it.

    Whole words or phrases, whatever the case; the value is how many are found, each as often as it stands.
    """

    name: ClassVar[str] = "banned_words"
    words: tuple[str, ...] = ()

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on banned words."""
        found = {word: count for word, count in occurrences(candidate.text, self.words).items() if count}
        listed = ", ".join(f"{word} × {count}" for word, count in found.items())
        return Judgement(
            rule=self.name,
            kept=not found,
            value=float(sum(found.values())),
            threshold=0.0,
            reason=f"banned words stand in the text: {listed}" if found else "",
        )
