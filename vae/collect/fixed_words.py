"""Collects the English words that no edit may exchange, each with its kind.

    python -m vae.collect.fixed_words WORDNET_FOLDER BRILL_LEXICON OUTPUT

It needs lemminflect, stopwordsiso and vaderSentiment beside what blogvae needs to run; BRILL_LEXICON is TextBlob's
en/en-lexicon.txt.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from vae.collect.lexicon import read_wordnet, senses
from vae.language.language import language
from vae.language.lexicon import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vae.collect.lexicon import Group, Wordnet
    from vae.language.lexicon import Lexicon, Reading

ROOTS = {
    "number": "n13728499 n13732078 a02183612 a02200036 a00517554",  # integer, fraction; cardinal, ordinal, half
    "time": (
        # unit of time, calendar month, day of the week, season, daytime, hour of the day, decade, century
        "n15154774 n15209413 n15163005 n15236475 n15164957 n15228378 n15204983 n15205532"
        # year (three groups), week (two), night, morning, weekend, quarter; periodic
        " n15201505 n15203791 n15204297 n15136147 n15169873 n15167027 n15165289 n15170504 n15206590 a01967241"
    ),
    "unit": "n13583724",  # unit of measurement
}
"""Groups of WordNet 3.0 below which every word names a number, a time or a unit."""

SINGLE = {
    "number": (
        # two groups of "twice", "once" and "thrice"; four of "first", three of "last"
        "r00065294 r00083393 r00118869 r00257784 a01010862 r00102736 r00103554 r00506928 a01013279 a01730330 r00065748"
    ),
    # today and tonight (two groups each), annual, annually
    "time": "n15262921 r00207366 n15263045 r00079499 a00678024 r00081737",
    "unit": "",
}
"""Groups that do so themselves, but not all that is below them."""

MAIN_USE = 0.35
"""A word is of such a kind if that share of its uses is: no common word has a share from 0.3 to 0.39."""

_TAGS = {"DT": "determiner", "EX": "pronoun", "MD": "auxiliary", "PRP": "pronoun", "PRP$": "pronoun"}
"""Closed classes by the tags of the Penn Treebank."""

LONGEST_OTHER_THAN_COMPOUND = 3
"""Letters after "no" in words that are none of its compounds, as "noted" is none."""


def counted_words(folder: Path) -> dict[str, str]:
    """Words for numbers, times and units from WordNet, names (Monday) too, with plurals; of times also "daily"."""
    read = read_wordnet(folder)
    known = senses(folder, read, names=True)
    inflected = import_module("lemminflect").getInflection
    readings = _lexicon().readings
    found: dict[str, str] = {}
    for kind, roots in ROOTS.items():
        inside = _below(_groups(roots), read) | set(_groups(SINGLE[kind]))
        if kind == "time":
            inside |= {to for at, ends in read.derived.items() if at[0] in inside for to, _ in ends if to[0] in "ar"}
        for word in known:
            if _share(_all_senses(word, readings(word), known), inside) >= MAIN_USE:
                noun = any(group[0] == "n" for group, _ in known[word])
                single = noun and not any(each.form == "plural" for each in readings(word))
                plurals = inflected(word, "NNS") if single else ()
                found |= dict.fromkeys((word, *plurals), kind)
    return found


def _lexicon() -> Lexicon:
    lexicon = language("en").lexicon
    if lexicon is None:
        raise FileNotFoundError("make the lexicon first, by python -m vae.collect.lexicon")
    return lexicon


def _groups(names: str) -> list[Group]:
    return [(name[0], name[1:]) for name in names.split()]


def _all_senses(
    word: str, readings: Iterable[Reading], known: dict[str, list[tuple[Group, int]]]
) -> list[tuple[Group, int]]:
    """Its senses and those of the words it may be a form of: "sent" is an old coin, but mostly a form of "send"."""
    forms = [reading for reading in readings if reading.form]
    return known[word] + [sense for each in forms for sense in known[each.lemma] if sense[0][0] == each.kind]


def _below(roots: Iterable[Group], read: Wordnet) -> set[Group]:
    """The groups and all below them."""
    under = defaultdict(list)
    for group, above in read.above.items():
        for each in above:
            under[each].append(group)
    found: set[Group] = set()
    waiting = list(roots)
    while waiting:
        group = waiting.pop()
        if group not in found:
            found.add(group)
            waiting += under[group]
    return found


def _share(of_word: list[tuple[Group, int]], inside: set[Group]) -> float:
    return sum(count + UNSEEN for group, count in of_word if group in inside) / sum(
        count + UNSEEN for _, count in of_word
    )


def closed_classes(brill: Path) -> dict[str, str]:
    """Determiners, pronouns and auxiliaries that Brill's lexicon tags so and stopwordsiso lists too."""
    listed = import_module("stopwordsiso").stopwords("en")
    tagged = (line.split() for line in brill.read_text(encoding="utf-8").splitlines() if line[:1].isalpha())
    return {word: _TAGS[tag] for word, tag in tagged if tag in _TAGS and word in listed}


def auxiliaries() -> dict[str, str]:
    """Stop words that take "n't", and the other forms of the same verbs; words with an apostrophe are contractions."""
    english = language("en")
    stop_words = english.stop_words
    verbs = frozenset[str]().union(*(english.lemmas(word) for word in stop_words if f"{word}n't" in stop_words))
    found = {word: "auxiliary" for word in stop_words if verbs & english.lemmas(word)}
    return found | {word: "contraction" for word in stop_words if "'" in word}


def negations() -> dict[str, str]:
    """VADER's (Hutto and Gilbert 2014), the words it says weaken what follows, and compounds of "no" (nobody)."""
    vader = import_module("vaderSentiment.vaderSentiment")
    listed = import_module("stopwordsiso").stopwords("en")
    lexicon = _lexicon()
    rests = {word: word.removeprefix("no") for word in listed if word.startswith("no")}
    compounds = {word for word, rest in rests.items() if len(rest) > LONGEST_OTHER_THAN_COMPOUND and rest in lexicon}
    weakening = {
        word for word, boost in vader.BOOSTER_DICT.items() if boost < 0 and " " not in word and "-" not in word
    }
    return dict.fromkeys(weakening, "degree") | dict.fromkeys(compounds | set(vader.NEGATE), "negation")


def main() -> None:
    """Writes "kind, tab, word" lines, sorted; the same sources give the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="WordNet's files")
    parser.add_argument("brill", type=Path, help="words with their tags")
    parser.add_argument("output", type=Path, help="fixed-words.tsv")
    args = parser.parse_args()
    kinds = counted_words(args.folder) | closed_classes(args.brill) | auxiliaries() | negations()
    lines = sorted(f"{kind}\t{word}\n" for word, kind in kinds.items())
    args.output.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
