"""Mines rewordings that keep the meaning: python -m vae.collect.rewordings REVISIONS OUTPUT."""

from __future__ import annotations

import argparse
import json
import lzma
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from vae.collect.revised_phrases import count_phrases
from vae.language.language import language
from vae.language.rewordings import REWORDING_COLUMNS

if TYPE_CHECKING:
    from vae.collect.revised_phrases import PhraseCounts, Phrases
    from vae.language.language import Language
    from vae.language.lexicon import Lexicon

FEWEST_SOURCES = 3
"""Sources that a pair must recur in; one fewer where the lexicon says that both are the same."""

SOURCES_TO_SPARE = 5
"""Sources from which words may differ that hold sentences together, or mean something and are left out."""

LEAST_SENSE = 0.05
"""Share of a word's uses that the sense it has in common with another must have ("master" is seldom "main")."""

LEAST_RATE = 0.02
"""Of the sentences under revision that held the old phrase: below it stand exchanges of prepositions, read by eye."""

LEAST_SHARE = 0.25
"""Of all that took the old phrase's place: what many things replace, as "the" is, means none of them."""

EMPTY_RATE = 0.06
"""From this rate on words may be left out that no lexicon knows ("all of" becomes "all")."""

SURE_RATE = 0.15
"""From this rate on words may be left out that mean something ("in order to" becomes "to")."""

ALIKE = 0.6
"""Similarity of letters from which two unrelated words are a slip and its correction ("quiet", "quite")."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Tells by rules which exchanges keep the meaning and may be made in running prose."""

    language: Language
    lexicon: Lexicon
    counts: PhraseCounts
    replaced: Counter[str]

    def keeps(self, pair: Phrases) -> bool:
        """Whether a pair recurs and no rule speaks against it."""
        if "'" in "".join(pair) or "cannot" in pair:
            return self._contracts(pair)
        sources = len(self.counts.sources[pair]) + (self.lexicon.relation(*pair) == "same")
        recurs = sources >= FEWEST_SOURCES and self.rate(pair) >= LEAST_RATE
        if not recurs or self.counts.pairs[pair] < LEAST_SHARE * self.replaced[pair[0]]:
            return False
        old, new = (phrase.split() for phrase in pair)
        if self._facts(old, new) != self._facts(new, old) or self._verbs(old) != self._verbs(new):
            return False
        gone, come = _without(old, new), _without(new, old)
        if not come:
            return self._left_out(pair, gone)
        if not gone or any(self.language.same_word(one, other) for one, other in product(gone, come)):
            return False
        return self._synonyms(gone[0], come[0], pair) if len(gone) == len(come) == 1 else self._rephrased(gone, come)

    def rate(self, pair: Phrases) -> float:
        """How often the new phrase took the old one's place where that stood."""
        return self.counts.pairs[pair] / (self.counts.pairs[pair] + self.counts.unchanged[pair[0]])

    def _contracts(self, pair: Phrases) -> bool:
        """Whether one is the other's contraction: exchanged both ways, and with none other as often."""
        short, full = sorted(pair, key=lambda phrase: ("'" not in phrase, phrase))
        if "'" in full or " " in short or len(self._sources(short, full)) < FEWEST_SOURCES:
            return False
        begins = (
            short[0] == full[0] and full.endswith("not")
            if short.endswith("n't")
            else full.startswith(_head(short) + " ")
        )
        partners = Counter({new: count for (old, new), count in self.counts.pairs.items() if old == short})
        return begins and self.counts.pairs[full, short] > 0 and partners.most_common(1)[0][0] == full

    def _sources(self, one: str, other: str) -> set[str]:
        return self.counts.sources[one, other] | self.counts.sources[other, one]

    def _facts(self, phrase: list[str], other: list[str]) -> Counter[str]:
        """Its fixed words, verbs apart; in phrases of three words determiners too ("a number of": "several")."""
        apart = {"auxiliary", "determiner"} if max(len(phrase), len(other)) > 2 else {"auxiliary"}
        return Counter(word for word in phrase if self.language.kinds.get(word, "auxiliary") not in apart)

    def _verbs(self, phrase: list[str]) -> bool:
        return any(self.language.kinds.get(word) == "auxiliary" for word in phrase)

    def _left_out(self, pair: Phrases, gone: list[str]) -> bool:
        """Whether what is gone was no fact, and meant nothing or is mostly left out."""
        if self.language.fixed_words.intersection(gone):
            return False
        empty = not any(word in self.lexicon for word in gone) and pair[0].split(maxsplit=1)[0] not in gone
        if empty:
            return self.rate(pair) >= EMPTY_RATE
        sure = self.rate(pair) >= SURE_RATE and len(self.counts.sources[pair]) >= SOURCES_TO_SPARE
        return sure and len(pair[0].split()) > 2

    def _synonyms(self, gone: str, come: str, pair: Phrases) -> bool:
        """Whether one word means the other: by the lexicon, as its abbreviation, or as a word that holds together."""
        if min(gone, come, key=len) == gone[: len(come)][: len(gone)] == come[: len(gone)][: len(come)]:
            return len(gone) < len(come)
        together = {gone, come} & self.language.stop_words or not (gone in self.lexicon or come in self.lexicon)
        if not together:
            close = self.lexicon.relation(gone, come) in {"same", "above"}
            return close and self.lexicon.sense_share(gone, come) >= LEAST_SENSE
        words = all(word.isalpha() and self.language.kinds.get(word) != "auxiliary" for word in (gone, come))
        unlike = SequenceMatcher(None, gone, come).ratio() < ALIKE
        return words and unlike and len(self.counts.sources[pair]) >= SOURCES_TO_SPARE

    def _rephrased(self, gone: list[str], come: list[str]) -> bool:
        """Whether all words of both are known, and none is another's opposite."""
        known = all(word in self.lexicon or word in self.language.stop_words for word in (*gone, *come))
        return known and all(self.lexicon.relation(one, other) != "opposite" for one, other in product(gone, come))


def _without(words: list[str], others: list[str]) -> list[str]:
    return list((Counter(words) - Counter(others)).elements())


def _head(word: str) -> str:
    return word.partition("'")[0]


def rewordings_text(counts: PhraseCounts) -> str:
    """The table's text: a line that names the columns, then a line a pair, sorted."""
    english = language("en")
    if english.lexicon is None:
        raise FileNotFoundError("make the lexicon first, by python -m vae.collect.lexicon")
    replaced = Counter[str]()
    for (old, _), count in counts.pairs.items():
        replaced[old] += count
    kept = Filter(language=english, lexicon=english.lexicon, counts=counts, replaced=replaced)
    pairs = sorted(pair for pair in counts.pairs if kept.keeps(pair))
    rows = [(*pair, counts.pairs[pair], len(counts.sources[pair]), counts.unchanged[pair[0]]) for pair in pairs]
    return "".join(f"{line}\n" for line in (REWORDING_COLUMNS, *("\t".join(map(str, row)) for row in rows)))


def main() -> None:
    """Writes the table of English; the same revisions give the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revisions", type=Path, help="JSON lines with old, new and source, xz")
    parser.add_argument("output", type=Path, help="rewordings.tsv")
    args = parser.parse_args()
    with lzma.open(args.revisions, "rt", encoding="utf-8") as lines:
        counts = count_phrases(map(json.loads, lines), fewest_sources=1)
    args.output.write_text(rewordings_text(counts), encoding="utf-8")


if __name__ == "__main__":
    main()
