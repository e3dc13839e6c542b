"""Which words people named for others when they were asked what else might stand in a sentence."""

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
"""The table of a language among its data files."""


class JudgedWord(NamedTuple):
    """A place in a sentence that people were asked about: what the word there may be a form of, and what they named."""

    lemmas: frozenset[str]
    named: frozenset[str]


@dataclass(frozen=True)
class HumanSubstitutes:
    """Counts of places: `asked` in which a word stood, `pairs` in which for the first word the second was named."""

    asked: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]

    def told(self, old: frozenset[str], new: frozenset[str]) -> tuple[float, float, float, float]:
        """What people said of a word in the place of another, each given by the words it may be a form of.

        The log of 1 + the places in which the new was named for the old; their share among those asked about (two
        places more, as one place says little); the log of 1 + places asked; and the log of 1 + the places in which the
        old was named for the new.
        """
        places = max((self.asked.get(each, 0) for each in old), default=0)
        there = max((self.pairs.get((one, other), 0) for one in old for other in new), default=0)
        back = max((self.pairs.get((other, one), 0) for one in old for other in new), default=0)
        return math.log1p(there), there / (places + 2), math.log1p(places), math.log1p(back)


NOBODY = HumanSubstitutes({}, {})
"""Of a language in which nobody was asked."""


def count_substitutes(places: Iterable[JudgedWord]) -> HumanSubstitutes:
    """Counts the places."""
    asked: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for place in places:
        asked.update(place.lemmas)
        pairs.update((one, other) for one in place.lemmas for other in place.named)
    return HumanSubstitutes(asked, pairs)


def human_substitutes_text(named: HumanSubstitutes, head: str) -> str:
    """A table as text: the lines of `head` after "# ", then by word its places, and by pair theirs, sorted."""
    by_word: dict[str, list[str]] = {}
    for (one, other), count in sorted(named.pairs.items()):
        by_word.setdefault(one, []).append(f"{other}:{count}")
    lines = [f"# {line}" for line in head.splitlines()]
    lines += ["\t".join((word, str(count), *by_word.get(word, ()))) for word, count in sorted(named.asked.items())]
    return "\n".join(lines) + "\n"


def read_human_substitutes(file: Path) -> HumanSubstitutes:
    """The table of a file that holds `human_substitutes_text`, gzipped."""
    asked: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    for line in gzip.decompress(file.read_bytes()).decode().splitlines():
        if line.startswith("# "):
            continue
        word, count, *others = line.split("\t")
        asked[word] = int(count)
        for other in others:
            name, _, places = other.rpartition(":")
            pairs[word, name] = int(places)
    return HumanSubstitutes(asked, pairs)


@lru_cache(maxsize=8)
def human_substitutes(language: Language) -> HumanSubstitutes:
    """What people named in a language."""
    file = DATA / language.code / FILE
    return read_human_substitutes(file) if language.knows_words and file.is_file() else NOBODY
