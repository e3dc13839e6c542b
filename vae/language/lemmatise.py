"""Lemmas of languages without a lexicon, by simplemma's tables of forms."""

from __future__ import annotations

from simplemma import lemmatize
from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

MACROLANGUAGES = {"no": "nb", "bs": "hbs", "hr": "hbs", "sr": "hbs"}
"""ISO 639 codes that simplemma knows by another (ISO 639-3)."""


def lemmatise(word: str, code: str) -> frozenset[str]:
    """The lemmas of a word as it is written and in lower case; the word itself in a language without a table.

    The first call for a language loads its table: 0.2 s for French, 1.5 s and 120 MB for German.
    """
    table = MACROLANGUAGES.get(code, code)
    if table not in SUPPORTED_LANGUAGES:
        return frozenset({word.lower()})
    return frozenset(lemmatize(each, lang=table).lower() for each in (word, word.lower()))
