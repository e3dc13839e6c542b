"""Makes a lexicon file from a folder of WordNet: python -m vae.collect.lexicon DICT_FOLDER OUTPUT."""

from __future__ import annotations

import argparse
import gzip
import re
from collections import defaultdict
from dataclasses import dataclass, field
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from vae.language.lexicon import LEXICON_FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Group = tuple[str, str]
"""A group of synonyms (synset), named as in WordNet by its part of speech and its offset in the file."""

_FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
_SENSE_KINDS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
_WORD = re.compile(r"[a-z][a-z'-]*[a-z]")
"""Single words that are kept: those in small letters. Names would be a third of the file."""

_COMPOUND = re.compile(r"[a-z][a-z'-]*(?:_[a-z'-]*[a-z]){1,3}")
"""Compounds that are kept: two to four words in small letters, between underscores as in WordNet's files."""

ENDINGS = (
    *(("n", "s", "", "plural"), ("n", "ses", "s", "plural"), ("n", "xes", "x", "plural"), ("n", "zes", "z", "plural")),
    *(("n", "ches", "ch", "plural"), ("n", "shes", "sh", "plural"), ("n", "men", "man", "plural")),
    *(("n", "ies", "y", "plural"), ("v", "s", "", "third"), ("v", "ies", "y", "third"), ("v", "es", "e", "third")),
    *(("v", "es", "", "third"), ("v", "ing", "e", "ing"), ("v", "ing", "", "ing")),
    *(("v", "ed", kept, form) for kept in ("e", "") for form in ("past", "participle")),
    *(("a", "er", kept, "comparative") for kept in ("", "e")),
    *(("a", "est", kept, "superlative") for kept in ("", "e")),
)
"""The rules of detachment of morph(7WN): part of speech, ending of a form, ending of its lemma, form."""

_TAGS = {"VBD": "past", "VBN": "participle", "VBG": "ing", "VBZ": "third"}


@dataclass(frozen=True)
class Wordnet:
    """What is read of WordNet.

    `words`: the words of each group; `above`: the groups directly above each group; `opposites`: pairs of words, each
    given by its group and its number in it; `derived`: the words that a word is derived from or that are derived from
    it; `also`: the groups under "see also".
    """

    words: dict[Group, list[str]] = field(default_factory=dict)
    above: dict[Group, list[Group]] = field(default_factory=lambda: defaultdict(list))
    opposites: set[tuple[tuple[Group, int], tuple[Group, int]]] = field(default_factory=set)
    derived: dict[tuple[Group, int], set[tuple[Group, int]]] = field(default_factory=lambda: defaultdict(set))
    also: dict[Group, set[Group]] = field(default_factory=lambda: defaultdict(set))


def read_wordnet(folder: Path) -> Wordnet:
    """Reads the groups of all four parts of speech from WordNet's data files."""
    wordnet = Wordnet()
    for kind, name in _FILES.items():
        for line in (folder / f"data.{name}").read_text(encoding="utf-8").splitlines():
            if not line.startswith(" "):
                _read_group(kind, line.partition(" | ")[0].split(), wordnet)
    return wordnet


def _read_group(kind: str, fields: list[str], wordnet: Wordnet) -> None:
    """Reads the fields of one line of a data file, as wndb(5WN) describes them, into `wordnet`."""
    group, size = (kind, fields[0]), int(fields[3], 16)
    wordnet.words[group] = [word.partition("(")[0] for word in fields[4 : 4 + 2 * size : 2]]
    start = 5 + 2 * size
    for place in range(start, start + 4 * int(fields[start - 1]), 4):
        symbol, offset, other_kind, ends = fields[place : place + 4]
        one_word, other_word = bytes.fromhex(ends)
        other = other_kind, offset
        if symbol == "@" or (symbol == "&" and fields[2] == "s"):
            wordnet.above[group].append(other)
        elif symbol == "!":
            wordnet.opposites.add(((group, one_word), (other, other_word)))
        elif symbol in ("+", "\\"):
            wordnet.derived[group, one_word].add((other, other_word))
            wordnet.derived[other, other_word].add((group, one_word))
        elif symbol == "^" and kind == "a":
            wordnet.also[group].add(other)


def opposed_groups(wordnet: Wordnet) -> set[tuple[Group, Group]]:
    """Returns the pairs of groups that hold opposites, each pair sorted.

    Opposites are those that WordNet lists (accept, refuse); words derived from them (slowly, quickly, as slow and quick
    are opposites); and adjectives by their "see also" (cold, warm, as cold has "see also cool", and cool and warm are
    opposites).
    """
    pairs = {(one[0], other[0]) for one, other in wordnet.opposites}
    for one, other in wordnet.opposites:
        near = product(wordnet.derived.get(one, ()), wordnet.derived.get(other, ()))
        pairs |= {(a[0], b[0]) for a, b in near if a[0][0] == b[0][0] and a[0] != b[0]}
    listed = defaultdict(set)
    for one, other in wordnet.opposites:
        listed[one[0]].add(other[0])
    pairs |= {
        (group, far) for group, also in wordnet.also.items() for near in also for far in listed[near] if far != group
    }
    return {(min(pair), max(pair)) for pair in pairs}


def senses(folder: Path, wordnet: Wordnet, *, names: bool = False) -> dict[str, list[tuple[Group, int]]]:
    """Returns the groups of each word that is kept, the most used first, with how often the word was tagged so.

    Compounds ("car park") are words, too. Names ("Monday") are included if `names` is true.
    """
    counts: dict[tuple[str, str, int], int] = {}
    for line in (folder / "cntlist.rev").read_text(encoding="utf-8").splitlines():
        key, order, count = line.split()
        word, _, rest = key.partition("%")
        counts[_SENSE_KINDS[rest[0]], word, int(order)] = int(count)
    groups_of = defaultdict(list)
    for kind, name in _FILES.items():
        for line in (folder / f"index.{name}").read_text(encoding="utf-8").splitlines():
            word, *fields = line.split()
            if line.startswith(" ") or not (_WORD.fullmatch(word) or _COMPOUND.fullmatch(word)):
                continue
            for number, offset in enumerate(fields[-int(fields[1]) :], 1):
                group = kind, offset
                if names or word in wordnet.words[group]:
                    groups_of[word.replace("_", " ")].append((group, counts.get((kind, word, number), 0)))
    return dict(groups_of)


def irregular_forms(folder: Path, groups_of: dict[str, list[tuple[Group, int]]]) -> dict[str, set[str]]:
    """Returns the readings of the irregular forms in WordNet's lists of exceptions, as "part-of-speech:lemma:form".

    WordNet does not say which form of a verb a word is; lemminflect does.
    """
    inflected = import_module("lemminflect").getInflection  # imported here, as blogvae itself does not need it
    readings: dict[str, set[str]] = defaultdict(set)
    for kind, name in _FILES.items():
        for line in (folder / f"{name}.exc").read_text(encoding="utf-8").splitlines():
            word, *lemmas = line.split()
            for lemma in lemmas:
                if _WORD.fullmatch(word) and any(group[0] == kind for group, _ in groups_of.get(lemma, ())):
                    readings[word] |= {f"{kind}:{lemma}:{form}" for form in _forms_of(kind, word, lemma, inflected)}
    return dict(readings)


def _forms_of(kind: str, word: str, lemma: str, inflected: Callable[..., Sequence[str]]) -> Iterator[str]:
    """Yields the forms of the lemma that an irregular word may be."""
    if kind == "n":
        yield "plural"
    elif kind == "v":
        forms = [form for tag, form in _TAGS.items() if word in inflected(lemma, tag, inflect_oov=False)]
        yield from forms or (["ing"] if word.endswith("ing") else ["past", "participle"])
    else:
        yield "superlative" if word.endswith("st") else "comparative"


def lexicon_text(folder: Path) -> str:
    """Returns the text of the lexicon file, with the sections endings, forms, groups, opposites and words."""
    wordnet = read_wordnet(folder)
    groups_of = senses(folder, wordnet)
    used = {group for word_senses in groups_of.values() for group, _ in word_senses}
    numbers = {
        group: number
        for number, group in enumerate(sorted(used | {up for group in used for up in wordnet.above[group]}))
    }
    above = [
        " ".join([group[0], *(str(numbers[up]) for up in wordnet.above[group] if up in numbers)]) for group in numbers
    ]
    opposites = sorted((numbers[a], numbers[b]) for a, b in opposed_groups(wordnet) if a in numbers and b in numbers)
    sections = {
        "endings": ["\t".join(ending) for ending in ENDINGS],
        "forms": [
            f"{word}\t{' '.join(sorted(readings))}"
            for word, readings in sorted(irregular_forms(folder, groups_of).items())
        ],
        "groups": above,
        "opposites": [f"{one} {other}" for one, other in opposites],
        "words": [
            f"{word}\t{' '.join(f'{numbers[group]}:{count}'.removesuffix(':0') for group, count in word_senses)}"
            for word, word_senses in sorted(groups_of.items())
        ],
    }
    head = (
        f"{LEXICON_FORMAT}, made by vae.collect.lexicon of WordNet 3.0, (c) 2006 Princeton University: LICENSE-WordNet"
    )
    return head + "".join(f"\n[{name}]\n" + "\n".join(lines) for name, lines in sections.items()) + "\n"


def main() -> None:
    """Writes the lexicon file; the same folder gives the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="folder of WordNet's files (data.noun, cntlist.rev, ...), such as /usr/share/wordnet"
    )
    parser.add_argument("output", type=Path, help="lexicon.gz to write")
    args = parser.parse_args()
    args.output.write_bytes(gzip.compress(lexicon_text(args.folder).encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
