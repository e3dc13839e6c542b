"""Reads what is known of one language from data files; data/README.md names their sources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from vae.language.contractions import contractions
from vae.language.lexicon import read_lexicon
from vae.language.moving import read_moving
from vae.language.rewordings import read_rewordings

if TYPE_CHECKING:
    from vae.language.lexicon import Lexicon
    from vae.language.moving import Moving
    from vae.language.rewordings import Reworded

DATA = Path(__file__).parent / "data"
"""Holds one folder for each language with data files, named by its ISO 639 code."""

_NO_WORDS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Language:
    """A language by its ISO 639 code, as `language` returns it. Each data file is read on first use."""

    code: str

    @property
    def knows_words(self) -> bool:
        """Whether the language has a lexicon; without one, substitutes come from vectors alone."""
        return self._file("lexicon.gz") is not None

    @cached_property
    def stop_words(self) -> frozenset[str]:
        """Function words in lower case, such as "the"; empty if the language has no list."""
        file = self._file("stop-words.txt")
        return read_stop_words(file.read_text(encoding="utf-8")) if file else _NO_WORDS

    @cached_property
    def inner_words(self) -> frozenset[str]:
        """Stop words that hardly ever end a sentence: "the", not "it". Empty if the language has no list."""
        return frozenset(self._lines("inner-words.txt"))

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The kind of each fixed word: number, time, unit, negation, degree, pronoun, determiner, ..."""
        return {word: kind for kind, word in (line.split("\t") for line in self._lines("fixed-words.tsv"))}

    @cached_property
    def fixed_words(self) -> frozenset[str]:
        """Words that no edit may remove or insert, in lower case, as they carry facts; empty if there is no list."""
        return frozenset(self.kinds)

    @cached_property
    def rewordings(self) -> dict[str, tuple[Reworded, ...]]:
        """The phrases that authors put in another's place when they revise, by the phrase replaced, in lower case."""
        table = read_rewordings(self._lines("rewordings.tsv"))
        return table | contractions(table, self.stop_words | self.fixed_words)

    @cached_property
    def moving(self) -> dict[str, Moving]:
        """Words that open or join the parts of a sentence that authors move; empty if the language has no table."""
        return read_moving(self._lines("moving.tsv"))

    @cached_property
    def lexicon(self) -> Lexicon | None:
        """The relations between words; None if the language has no lexicon."""
        file = self._file("lexicon.gz")
        return read_lexicon(file) if file else None

    def lemmas(self, word: str) -> frozenset[str]:
        """Returns the words that a word, in any case, may be a form of; the word itself in lower case if unknown."""
        if self.lexicon:
            return self.lexicon.lemmas(word)
        from vae.language.lemmatise import lemmatise  # noqa: PLC0415 - takes 0.15 s, and English does not need it

        return lemmatise(word, self.code)

    def same_word(self, first: str, second: str) -> bool:
        """Returns whether both may be forms of one word, as "took" and "take" are, but not "plant" and "place"."""
        return bool(self.lemmas(first) & self.lemmas(second))

    def same_form(self, first: str, second: str) -> bool | None:
        """Returns whether both have the same number, tense or degree; None if either word is unknown."""
        return self.lexicon.same_form(first, second) if self.lexicon else None

    def _lines(self, name: str) -> list[str]:
        file = self._file(name)
        return file.read_text(encoding="utf-8").splitlines() if file else []

    def _file(self, name: str) -> Path | None:
        return _files(self.code).get(name)


@lru_cache(maxsize=64)
def language(code: str) -> Language:
    """Returns a language by its code; a region is ignored ("en-GB" is "en"). An unknown code has no data."""
    return Language(code.partition("-")[0].lower())


@lru_cache(maxsize=64)
def _files(code: str) -> dict[str, Path]:
    """Returns the data files of a language by name. The code is compared with folder names, never used as a path."""
    return {file.name: file for folder in DATA.iterdir() if folder.name == code for file in folder.iterdir()}


def read_stop_words(text: str) -> frozenset[str]:
    """Returns the words of a list. A line holds words between spaces; a comment begins with "|"."""
    return frozenset(word for line in text.splitlines() for word in line.partition("|")[0].split())
