"""All that is known of one language, from data files with named sources (data/README.md)."""

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
"""A folder for each language that something is known of, named by its ISO 639 code."""

_NO_WORDS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Language:
    """A language by its ISO 639 code; what is known of it is read when first asked for. See `language`."""

    code: str

    @property
    def knows_words(self) -> bool:
        """Whether there is a lexicon: without one, vectors alone tell what a word may stand for."""
        return self._file("lexicon.gz") is not None

    @cached_property
    def stop_words(self) -> frozenset[str]:
        """Words that hold sentences together, in lower case; empty where no list is there."""
        file = self._file("stop-words.txt")
        return read_stop_words(file.read_text(encoding="utf-8")) if file else _NO_WORDS

    @cached_property
    def inner_words(self) -> frozenset[str]:
        """Stop words that hardly ever end a sentence ("the", not "it"); empty where they were not counted."""
        return frozenset(self._lines("inner-words.txt"))

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Of each fixed word what makes it one: number, time, unit, negation, degree, pronoun, determiner, ..."""
        return {word: kind for kind, word in (line.split("\t") for line in self._lines("fixed-words.tsv"))}

    @cached_property
    def fixed_words(self) -> frozenset[str]:
        """Words that no edit may take or bring, in lower case: what a text says turns on them. Empty where unknown."""
        return frozenset(self.kinds)

    @cached_property
    def rewordings(self) -> dict[str, tuple[Reworded, ...]]:
        """What people put in a phrase's place when they revise, by that phrase in lower case; see `Reworded`."""
        known = read_rewordings(self._lines("rewordings.tsv"))
        return known | contractions(known, self.stop_words | self.fixed_words)

    @cached_property
    def moving(self) -> dict[str, Moving]:
        """Words that open or join the parts of a sentence that authors move; empty where they were not counted."""
        return read_moving(self._lines("moving.tsv"))

    @cached_property
    def lexicon(self) -> Lexicon | None:
        """How its words are related; None where nobody says."""
        file = self._file("lexicon.gz")
        return read_lexicon(file) if file else None

    def lemmas(self, word: str) -> frozenset[str]:
        """The words that one, in any case, may be a form of; itself in lower case where that is not known."""
        if self.lexicon:
            return self.lexicon.lemmas(word)
        from vae.language.lemmatise import lemmatise  # noqa: PLC0415 - 0.15 s, and English needs none of it

        return lemmatise(word, self.code)

    def same_word(self, first: str, second: str) -> bool:
        """Whether both may be forms of one word: took and take, but not plant and place."""
        return bool(self.lemmas(first) & self.lemmas(second))

    def same_form(self, first: str, second: str) -> bool | None:
        """Whether one could stand where the other does: alike in number, tense or degree. None where unknown."""
        return self.lexicon.same_form(first, second) if self.lexicon else None

    def _lines(self, name: str) -> list[str]:
        file = self._file(name)
        return file.read_text(encoding="utf-8").splitlines() if file else []

    def _file(self, name: str) -> Path | None:
        return _files(self.code).get(name)


@lru_cache(maxsize=64)
def language(code: str) -> Language:
    """A language by its code, of which what comes before "-" counts ("en-GB"); of an unknown one nothing is known."""
    return Language(code.partition("-")[0].lower())


@lru_cache(maxsize=64)
def _files(code: str) -> dict[str, Path]:
    """The data files of a language by name; the code is compared, never made a path of."""
    return {file.name: file for folder in DATA.iterdir() if folder.name == code for file in folder.iterdir()}


def read_stop_words(text: str) -> frozenset[str]:
    """Words of a list: one or more at the start of a line, what follows "|" is comment."""
    return frozenset(word for line in text.splitlines() for word in line.partition("|")[0].split())
