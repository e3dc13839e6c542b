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
"""Fewest sources of a pair; one fewer if the lexicon says that both phrases are synonyms."""

SOURCES_TO_SPARE = 5
"""Fewest sources of a pair that exchanges function words, or that removes words with a meaning."""

LEAST_SENSE = 0.05
"""Least share of a word's uses in the sense it shares with its synonym ("master" seldom means "main")."""

LEAST_RATE = 0.02
"""Least share of the revised sentences with the old phrase in which the new one replaced it.

A reader of the pairs below it found that most of them exchange prepositions."""

SINGLE_RATE = 0.05
"""The same for a single word of the lexicon that becomes several: a reader found that a word which authors mostly let
stand mostly means something else, as "like" in "I would like" and "it smells like rain" does not mean "such as"."""

LEAST_SHARE = 0.25
"""Least share of the new phrase among all that replaced the old one: many phrases replace "the", but none means it."""

EMPTY_RATE = 0.06
"""Least rate at which words that the lexicon does not hold may be removed ("all of" becomes "all")."""

SURE_RATE = 0.15
"""Least rate at which words with a meaning may be removed ("in order to" becomes "to")."""

ALIKE = 0.6
"""Similarity of letters from which two words are a typing error and its correction ("quiet", "quite")."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Decides by rules which exchanges keep the meaning in running prose.

    `replaced`: how often each phrase was replaced by any other.
    """

    language: Language
    lexicon: Lexicon
    counts: PhraseCounts
    replaced: Counter[str]

    def keeps(self, pair: Phrases) -> bool:
        """Returns whether a pair recurs often enough and breaks no rule."""
        if "'" in "".join(pair) or "cannot" in pair:
            return self._is_contraction(pair)
        sources = len(self.counts.sources[pair]) + (self.lexicon.relation(*pair) == "same")
        recurs = sources >= FEWEST_SOURCES and self.rate(pair) >= LEAST_RATE
        if not recurs or self._is_ambiguous(pair) or self.counts.pairs[pair] < LEAST_SHARE * self.replaced[pair[0]]:
            return False
        old, new = (phrase.split() for phrase in pair)
        if self._facts(old, new) != self._facts(new, old) or self._has_auxiliary(old) != self._has_auxiliary(new):
            return False
        gone, come = _without(old, new), _without(new, old)
        if not come:
            return self._may_lose(pair, gone)
        if not gone or any(self.language.same_word(one, other) for one, other in product(gone, come)):
            return False
        return (
            self._are_synonyms(gone[0], come[0], pair) if len(gone) == len(come) == 1 else self._rephrased(gone, come)
        )

    def rate(self, pair: Phrases) -> float:
        """Returns the share of the revised sentences with the old phrase in which the new one replaced it."""
        return self.counts.pairs[pair] / (self.counts.pairs[pair] + self.counts.unchanged[pair[0]])

    def _is_ambiguous(self, pair: Phrases) -> bool:
        """Returns whether a single word that becomes several mostly means something else, as authors let it stand."""
        becomes_several = " " not in pair[0] and " " in pair[1]
        return becomes_several and pair[0] in self.lexicon and self.rate(pair) < SINGLE_RATE

    def _is_contraction(self, pair: Phrases) -> bool:
        """Returns whether one phrase is the contraction of the other.

        Authors must have exchanged them in both directions, and the contraction for no other phrase as often.
        """
        short, full = sorted(pair, key=lambda phrase: ("'" not in phrase, phrase))
        if "'" in full or " " in short or len(self._sources(short, full)) < FEWEST_SOURCES:
            return False
        begins = (
            short[0] == full[0] and full.endswith("not")
            if short.endswith("n't")
            else full.startswith(short.partition("'")[0] + " ")
        )
        partners = Counter({new: count for (old, new), count in self.counts.pairs.items() if old == short})
        return begins and self.counts.pairs[full, short] > 0 and partners.most_common(1)[0][0] == full

    def _sources(self, one: str, other: str) -> set[str]:
        """Returns the sources that exchanged two phrases in either direction."""
        return self.counts.sources[one, other] | self.counts.sources[other, one]

    def _facts(self, phrase: list[str], other: list[str]) -> Counter[str]:
        """Counts the fixed words of a phrase that carry facts.

        Auxiliaries do not count, nor determiners if either phrase is longer than two words ("a number of": "several").
        """
        apart = {"auxiliary", "determiner"} if max(len(phrase), len(other)) > 2 else {"auxiliary"}
        return Counter(word for word in phrase if self.language.kinds.get(word, "auxiliary") not in apart)

    def _has_auxiliary(self, phrase: list[str]) -> bool:
        return any(self.language.kinds.get(word) == "auxiliary" for word in phrase)

    def _may_lose(self, pair: Phrases, gone: list[str]) -> bool:
        """Returns whether a phrase may lose the words `gone`: no facts, and empty words or words often removed."""
        if self.language.fixed_words.intersection(gone):
            return False
        empty = not any(word in self.lexicon for word in gone) and pair[0].split(maxsplit=1)[0] not in gone
        if empty:
            return self.rate(pair) >= EMPTY_RATE
        sure = self.rate(pair) >= SURE_RATE and len(self.counts.sources[pair]) >= SOURCES_TO_SPARE
        return sure and len(pair[0].split()) > 2

    def _are_synonyms(self, gone: str, come: str, pair: Phrases) -> bool:
        """Returns whether a word may replace another: as a synonym, its full form, or a function word."""
        if min(gone, come, key=len) == gone[: len(come)][: len(gone)] == come[: len(gone)][: len(come)]:
            return len(gone) < len(come)
        function_words = {gone, come} & self.language.stop_words or not (gone in self.lexicon or come in self.lexicon)
        if not function_words:
            close = self.lexicon.relation(gone, come) in {"same", "above"}
            return close and self.lexicon.sense_share(gone, come) >= LEAST_SENSE
        words = all(word.isalpha() and self.language.kinds.get(word) != "auxiliary" for word in (gone, come))
        unlike = SequenceMatcher(None, gone, come).ratio() < ALIKE
        return words and unlike and len(self.counts.sources[pair]) >= SOURCES_TO_SPARE

    def _rephrased(self, gone: list[str], come: list[str]) -> bool:
        """Returns whether all words of both phrases are known, and none is the opposite of another."""
        all_known = all(word in self.lexicon or word in self.language.stop_words for word in (*gone, *come))
        return all_known and all(self.lexicon.relation(one, other) != "opposite" for one, other in product(gone, come))


def _without(words: list[str], others: list[str]) -> list[str]:
    """Returns the words that are not among the others, each as often as it is missing there."""
    return list((Counter(words) - Counter(others)).elements())


def rewordings_text(counts: PhraseCounts) -> str:
    """Returns the text of the table: a line of column names, then a sorted line for each pair that the rules keep."""
    english = language("en")
    if english.lexicon is None:
        raise FileNotFoundError("make the lexicon first, by python -m vae.collect.lexicon")
    replaced = Counter[str]()
    for (old, _), count in counts.pairs.items():
        replaced[old] += count
    rules = Filter(language=english, lexicon=english.lexicon, counts=counts, replaced=replaced)
    pairs = sorted(pair for pair in counts.pairs if rules.keeps(pair))
    rows = [(*pair, counts.pairs[pair], len(counts.sources[pair]), counts.unchanged[pair[0]]) for pair in pairs]
    return "".join(f"{line}\n" for line in (REWORDING_COLUMNS, *("\t".join(map(str, row)) for row in rows)))


def main() -> None:
    """Writes the table of English; the same revisions give the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revisions", type=Path, help="JSON lines with old, new and source, compressed with xz")
    parser.add_argument("output", type=Path, help="rewordings.tsv to write")
    args = parser.parse_args()
    with lzma.open(args.revisions, "rt", encoding="utf-8") as lines:
        counts = count_phrases(map(json.loads, lines))
    args.output.write_text(rewordings_text(counts), encoding="utf-8")


if __name__ == "__main__":
    main()
