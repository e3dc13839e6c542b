from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.default_thresholds import default_threshold
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

    fastText (Joulin et al. 2016) reads the varied segments, as it reads posts in `prepare`. Nothing is measured where
    it does not recognise the source as the post's language either, for example with few words or much code.
    """

    name: ClassVar[str] = "language"
    maximum: float = default_threshold("language", "maximum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The confidence in another language, 0 to 1; 0 if the text is in the post's own."""
        return [_confidence_in_another(candidate) for candidate in candidates]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text in the language of its post."""
        return within(self.name, value, what="confidence in another language than the post's", maximum=self.maximum)


def _confidence_in_another(candidate: Candidate) -> float | None:
    source, varied = candidate.masked
    if candidate.language in {"", UNDETERMINED} or _identified(source).code != candidate.language:
        return None
    identified = _identified(varied)
    return 0.0 if identified.code in {candidate.language, UNDETERMINED} else identified.confidence


@lru_cache(maxsize=16)  # one source has many variations
def _identified(masked: str) -> Identified:
    return identify(_PLACEHOLDER.sub(" ", masked))
