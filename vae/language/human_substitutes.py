"""Counts which substitutes people named when they were asked what else might stand in a word's place."""

from __future__ import annotations

import gzip
import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vae.language.language import DATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from vae.language.language import Language

FILE = "named.tsv.gz"
"""The name of the table in the data folder of a language."""


class JudgedWord(NamedTuple):
    """A place in a sentence that people were asked about.

    `lemmas`: the words that the word there may be a form of; `named`: the substitutes that people named.
    """

    lemmas: frozenset[str]
    named: frozenset[str]


class SubstituteEvidence(NamedTuple):
    """How often people named a new word for an old one.

    `log_named`: log(1 + the places where the new word was named for the old one). `share`: those places as a share of
    the old word's places plus 2, as one place says little. `log_asked`: log(1 + the old word's places). `log_reverse`:
    log(1 + the places where the old word was named for the new one).
    """

    log_named: float
    share: float
    log_asked: float
    log_reverse: float


@dataclass(frozen=True)
class HumanSubstitutes:
    """The counts of places that people were asked about.

    `asked`: the places of each word; `pairs`: the places where people named the second word for the first.
    """

    asked: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]

    def evidence(self, old: frozenset[str], new: frozenset[str]) -> SubstituteEvidence:
        """Returns the evidence for a new word in an old one's place; each word is given by its possible lemmas.

        Of several lemmas, the highest counts are taken.
        """
        places = max((self.asked.get(lemma, 0) for lemma in old), default=0)
        named = max((self.pairs.get((one, other), 0) for one in old for other in new), default=0)
        reverse = max((self.pairs.get((other, one), 0) for one in old for other in new), default=0)
        return SubstituteEvidence(math.log1p(named), named / (places + 2), math.log1p(places), math.log1p(reverse))


NO_SUBSTITUTES = HumanSubstitutes({}, {})
"""The counts of a language without a table."""


def count_substitutes(places: Iterable[JudgedWord]) -> HumanSubstitutes:
    """Counts the places of each word, and of each pair of a word and a substitute."""
    asked: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for place in places:
        asked.update(place.lemmas)
        pairs.update((one, other) for one in place.lemmas for other in place.named)
    return HumanSubstitutes(asked, pairs)


def human_substitutes_text(table: HumanSubstitutes, head: str) -> str:
    """Returns a table as text: the lines of `head` as comments ("# "), then a sorted line for each word.

    A line holds the word, the number of its places, and "substitute:places" for each substitute, between tabs.
    """
    by_word: dict[str, list[str]] = {}
    for (one, other), count in sorted(table.pairs.items()):
        by_word.setdefault(one, []).append(f"{other}:{count}")
    lines = [f"# {line}" for line in head.splitlines()]
    lines += ["\t".join((word, str(count), *by_word.get(word, ()))) for word, count in sorted(table.asked.items())]
    return "\n".join(lines) + "\n"


def read_human_substitutes(file: Path) -> HumanSubstitutes:
    """Reads a table from a gzipped file that holds `human_substitutes_text`."""
    asked: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    for line in gzip.decompress(file.read_bytes()).decode().splitlines():
        if line.startswith("# "):
            continue
        word, count, *others = line.split("\t")
        asked[word] = int(count)
        for other in others:
            substitute, _, places = other.rpartition(":")
            pairs[word, substitute] = int(places)
    return HumanSubstitutes(asked, pairs)


@lru_cache(maxsize=8)
def human_substitutes(language: Language) -> HumanSubstitutes:
    """Returns the table that ships for a language, or `NO_SUBSTITUTES`."""
    file = DATA / language.code / FILE
    return read_human_substitutes(file) if language.knows_words and file.is_file() else NO_SUBSTITUTES
