"""Collects the English words that no edit may exchange, each with its kind.

    python -m vae.collect.fixed_words WORDNET_FOLDER BRILL_LEXICON OUTPUT

It needs lemminflect, stopwordsiso and vaderSentiment, which blogvae itself does not need. BRILL_LEXICON is the file
en/en-lexicon.txt of TextBlob.
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
"""Groups whose own words name a number, a time or a unit, while words below them may not."""

MAIN_USE = 0.35
"""Least share of a word's uses that must be of a kind. No common word has a share between 0.3 and 0.39."""

_TAGS = {"DT": "determiner", "EX": "pronoun", "MD": "auxiliary", "PRP": "pronoun", "PRP$": "pronoun"}
"""The kinds of words in closed classes, by tag of the Penn Treebank."""

LONGEST_OTHER_THAN_COMPOUND = 3
"""Most letters after "no" in a word that only looks like a compound of it, such as "noted"."""


def counted_words(folder: Path) -> dict[str, str]:
    """Returns the kind of each word for a number, a time or a unit in WordNet.

    Names ("Monday"), plurals, and adjectives and adverbs derived from times ("daily") are included.
    """
    wordnet = read_wordnet(folder)
    groups_of = senses(folder, wordnet, names=True)
    inflected = import_module("lemminflect").getInflection
    readings = _lexicon().readings
    kinds: dict[str, str] = {}
    for kind, roots in ROOTS.items():
        inside = _below(_groups(roots), wordnet) | set(_groups(SINGLE[kind]))
        if kind == "time":
            inside |= {to for at, ends in wordnet.derived.items() if at[0] in inside for to, _ in ends if to[0] in "ar"}
        for word in groups_of:
            if " " not in word and _share(_all_senses(word, readings(word), groups_of), inside) >= MAIN_USE:
                noun = any(group[0] == "n" for group, _ in groups_of[word])
                single = noun and not any(each.form == "plural" for each in readings(word))
                plurals = inflected(word, "NNS") if single else ()
                kinds |= dict.fromkeys((word, *plurals), kind)
    return kinds


def _lexicon() -> Lexicon:
    """Returns the lexicon of English. Raises FileNotFoundError if it was not made yet."""
    lexicon = language("en").lexicon
    if lexicon is None:
        raise FileNotFoundError("make the lexicon first, by python -m vae.collect.lexicon")
    return lexicon


def _groups(names: str) -> list[Group]:
    """Parses names such as "n13728499" into groups."""
    return [(name[0], name[1:]) for name in names.split()]


def _all_senses(
    word: str, readings: Iterable[Reading], groups_of: dict[str, list[tuple[Group, int]]]
) -> list[tuple[Group, int]]:
    """Returns the senses of a word and of its lemmas: "sent" is an old coin, but mostly a form of "send"."""
    forms = [reading for reading in readings if reading.form]
    return groups_of[word] + [sense for form in forms for sense in groups_of[form.lemma] if sense[0][0] == form.kind]


def _below(roots: Iterable[Group], wordnet: Wordnet) -> set[Group]:
    """Returns the groups and all groups below them."""
    under = defaultdict(list)
    for group, parents in wordnet.above.items():
        for parent in parents:
            under[parent].append(group)
    below: set[Group] = set()
    waiting = list(roots)
    while waiting:
        group = waiting.pop()
        if group not in below:
            below.add(group)
            waiting += under[group]
    return below


def _share(word_senses: list[tuple[Group, int]], inside: set[Group]) -> float:
    """Returns the share of a word's uses, by smoothed counts, that are in the groups `inside`."""
    return sum(count + UNSEEN for group, count in word_senses if group in inside) / sum(
        count + UNSEEN for _, count in word_senses
    )


def closed_classes(brill: Path) -> dict[str, str]:
    """Returns the determiners, pronouns and auxiliaries of Brill's lexicon that stopwordsiso lists too."""
    listed = import_module("stopwordsiso").stopwords("en")
    tagged = (line.split() for line in brill.read_text(encoding="utf-8").splitlines() if line[:1].isalpha())
    return {word: _TAGS[tag] for word, tag in tagged if tag in _TAGS and word in listed}


def auxiliaries() -> dict[str, str]:
    """Returns stop words that are forms of a verb that takes "n't", and stop words that are contractions."""
    english = language("en")
    stop_words = english.stop_words
    verbs = frozenset[str]().union(*(english.lemmas(word) for word in stop_words if f"{word}n't" in stop_words))
    forms = {word: "auxiliary" for word in stop_words if verbs & english.lemmas(word)}
    return forms | {word: "contraction" for word in stop_words if "'" in word}


def negations() -> dict[str, str]:
    """Returns negations, and words that weaken what follows: VADER's (Hutto and Gilbert 2014) and compounds of "no"."""
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
    """Writes sorted lines of kind, tab, word; the same sources give the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of WordNet's files, such as /usr/share/wordnet")
    parser.add_argument("brill", type=Path, help="Brill's lexicon: words with their tags")
    parser.add_argument("output", type=Path, help="fixed-words.tsv to write")
    args = parser.parse_args()
    kinds = counted_words(args.folder) | closed_classes(args.brill) | auxiliaries() | negations()
    lines = sorted(f"{kind}\t{word}\n" for word, kind in kinds.items())
    args.output.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
