from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.rule import within
from vae.language.identify import UNDETERMINED, Identified, identify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE

_PLACEHOLDER = re.compile("<(?:num|url|code)>")


@dataclass(frozen=True, kw_only=True)
class LanguageChange:
    """Kept if the confidence that the text is in another language than its post is at most maximum.

    Told of the varied segments, by fastText (Joulin et al. 2016) as `prepare` does; not measured where the source's
    words are not told to be in the post's language, as of a few words or of much code.
    """

    name: ClassVar[str] = "language"
    maximum: float = 0.5

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The confidence in the other language, 0 to 1; 0 for the post's own."""
        return [_in_another(each) for each in candidates]

    def verdict(self, value: float) -> Judgement:
        """Whether the text is in the language of its post."""
        return within(self.name, value, what="confidence in another language than the post's", maximum=self.maximum)


def _in_another(candidate: Candidate) -> float | None:
    source, varied = candidate.masked
    if candidate.language in {"", UNDETERMINED} or _told(source).code != candidate.language:
        return None
    told = _told(varied)
    return 0.0 if told.code in {candidate.language, UNDETERMINED} else told.confidence


@lru_cache(maxsize=16)  # one source has many variations
def _told(masked: str) -> Identified:
    return identify(_PLACEHOLDER.sub(" ", masked))
