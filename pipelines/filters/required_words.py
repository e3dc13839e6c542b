from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipelines.filters.rule import Candidate, Judgement
from pipelines.filters.words import occurrences


@dataclass(frozen=True, kw_only=True)
class RequiredWords:
    """Kept if every one of the words stands in the text, even where the source lacks it.

    Whole words or phrases, whatever the case; the value is how many are missing.
    """

    name: ClassVar[str] = "required_words"
    words: tuple[str, ...] = ()

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on required words."""
        missing = [word for word, count in occurrences(candidate.text, self.words).items() if not count]
        return Judgement(
            rule=self.name,
            kept=not missing,
            value=float(len(missing)),
            threshold=0.0,
            reason=f"required words are missing: {', '.join(missing)}" if missing else "",
        )
