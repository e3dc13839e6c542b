"""Makes a lexicon file of a folder of WordNet: python -m vae.collect.lexicon DICT_FOLDER OUTPUT."""

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
"""Part of speech and place in its file: how WordNet names a group of synonyms (a synset)."""

_FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
SENSE_KINDS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
_WORD = re.compile(r"[a-z][a-z'-]*[a-z]")
"""What is kept: single words in lower case. Names and phrases would be half of the file."""

ENDINGS = (
    *(("n", "s", "", "plural"), ("n", "ses", "s", "plural"), ("n", "xes", "x", "plural"), ("n", "zes", "z", "plural")),
    *(("n", "ches", "ch", "plural"), ("n", "shes", "sh", "plural"), ("n", "men", "man", "plural")),
    *(("n", "ies", "y", "plural"), ("v", "s", "", "third"), ("v", "ies", "y", "third"), ("v", "es", "e", "third")),
    *(("v", "es", "", "third"), ("v", "ing", "e", "ing"), ("v", "ing", "", "ing")),
    *(("v", "ed", kept, form) for kept in ("e", "") for form in ("past", "participle")),
    *(("a", "er", kept, "comparative") for kept in ("", "e")),
    *(("a", "est", kept, "superlative") for kept in ("", "e")),
)
"""The rules of detachment of morph(7WN), each with the form that it undoes."""

_TAGS = {"VBD": "past", "VBN": "participle", "VBG": "ing", "VBZ": "third"}


@dataclass(frozen=True)
class Wordnet:
    """What is taken from the files: words of groups, what stands above, opposites, what is derived or seen also."""

    words: dict[Group, list[str]] = field(default_factory=dict)
    above: dict[Group, list[Group]] = field(default_factory=lambda: defaultdict(list))
    opposites: set[tuple[tuple[Group, int], tuple[Group, int]]] = field(default_factory=set)
    derived: dict[tuple[Group, int], set[tuple[Group, int]]] = field(default_factory=lambda: defaultdict(set))
    also: dict[Group, set[Group]] = field(default_factory=lambda: defaultdict(set))


def read_wordnet(folder: Path) -> Wordnet:
    """The groups of all four parts of speech."""
    read = Wordnet()
    for kind, name in _FILES.items():
        for line in (folder / f"data.{name}").read_text(encoding="utf-8").splitlines():
            if not line.startswith(" "):
                _read_group(kind, line.partition(" | ")[0].split(), read)
    return read


def _read_group(kind: str, fields: list[str], read: Wordnet) -> None:
    """One line of a data file, as wndb(5WN) tells its fields."""
    group, size = (kind, fields[0]), int(fields[3], 16)
    read.words[group] = [word.partition("(")[0] for word in fields[4 : 4 + 2 * size : 2]]
    start = 5 + 2 * size
    for place in range(start, start + 4 * int(fields[start - 1]), 4):
        symbol, offset, other_kind, ends = fields[place : place + 4]
        one_word, other_word = bytes.fromhex(ends)
        other = other_kind, offset
        if symbol == "@" or (symbol == "&" and fields[2] == "s"):
            read.above[group].append(other)
        elif symbol == "!":
            read.opposites.add(((group, one_word), (other, other_word)))
        elif symbol in ("+", "\\"):
            read.derived[group, one_word].add((other, other_word))
            read.derived[other, other_word].add((group, one_word))
        elif symbol == "^" and kind == "a":
            read.also[group].add(other)


def opposed_groups(read: Wordnet) -> set[tuple[Group, Group]]:
    """Pairs of groups that hold opposites.

    Listed ones (accept, refuse); those of words derived from them (slow, quick: slowly, quickly); and for adjectives
    those of what is to be seen also (cold, also cool; cool, warm: cold, warm).
    """
    pairs = {(one[0], other[0]) for one, other in read.opposites}
    for one, other in read.opposites:
        near = product(read.derived.get(one, ()), read.derived.get(other, ()))
        pairs |= {(a[0], b[0]) for a, b in near if a[0][0] == b[0][0] and a[0] != b[0]}
    listed = defaultdict(set)
    for one, other in read.opposites:
        listed[one[0]].add(other[0])
    pairs |= {
        (group, far) for group, also in read.also.items() for near in also for far in listed[near] if far != group
    }
    return {(min(pair), max(pair)) for pair in pairs}


def senses(folder: Path, read: Wordnet, *, names: bool = False) -> dict[str, list[tuple[Group, int]]]:
    """Of each word kept its groups, the most used first, with how often it was tagged so; of names if asked."""
    counts: dict[tuple[str, str, int], int] = {}
    for line in (folder / "cntlist.rev").read_text(encoding="utf-8").splitlines():
        key, order, count = line.split()
        word, _, rest = key.partition("%")
        counts[SENSE_KINDS[rest[0]], word, int(order)] = int(count)
    found = defaultdict(list)
    for kind, name in _FILES.items():
        for line in (folder / f"index.{name}").read_text(encoding="utf-8").splitlines():
            word, *fields = line.split()
            if line.startswith(" ") or not _WORD.fullmatch(word):
                continue
            for number, offset in enumerate(fields[-int(fields[1]) :], 1):
                group = kind, offset
                if names or word in read.words[group]:
                    found[word].append((group, counts.get((kind, word, number), 0)))
    return dict(found)


def irregular_forms(folder: Path, known: dict[str, list[tuple[Group, int]]]) -> dict[str, set[str]]:
    """The lists of exceptions; which form of a verb each is, WordNet does not say, so lemminflect does."""
    inflected = import_module("lemminflect").getInflection  # nothing that blogvae needs to run
    found: dict[str, set[str]] = defaultdict(set)
    for kind, name in _FILES.items():
        for line in (folder / f"{name}.exc").read_text(encoding="utf-8").splitlines():
            word, *lemmas = line.split()
            for lemma in lemmas:
                if _WORD.fullmatch(word) and any(group[0] == kind for group, _ in known.get(lemma, ())):
                    found[word] |= {f"{kind}:{lemma}:{form}" for form in _forms_of(kind, word, lemma, inflected)}
    return dict(found)


def _forms_of(kind: str, word: str, lemma: str, inflected: Callable[..., Sequence[str]]) -> Iterator[str]:
    if kind == "n":
        yield "plural"
    elif kind == "v":
        told = [form for tag, form in _TAGS.items() if word in inflected(lemma, tag, inflect_oov=False)]
        yield from told or (["ing"] if word.endswith("ing") else ["past", "participle"])
    else:
        yield "superlative" if word.endswith("st") else "comparative"


def lexicon_text(folder: Path) -> str:
    """The lexicon file's text: sections endings, forms, groups, opposites, words."""
    read = read_wordnet(folder)
    known = senses(folder, read)
    used = {group for of_word in known.values() for group, _ in of_word}
    numbers = {
        group: number for number, group in enumerate(sorted(used | {up for each in used for up in read.above[each]}))
    }
    above = [
        " ".join([group[0], *(str(numbers[up]) for up in read.above[group] if up in numbers)]) for group in numbers
    ]
    opposites = sorted((numbers[a], numbers[b]) for a, b in opposed_groups(read) if a in numbers and b in numbers)
    sections = {
        "endings": ["\t".join(each) for each in ENDINGS],
        "forms": [f"{word}\t{' '.join(sorted(told))}" for word, told in sorted(irregular_forms(folder, known).items())],
        "groups": above,
        "opposites": [f"{one} {other}" for one, other in opposites],
        "words": [
            f"{word}\t{' '.join(f'{numbers[group]}:{count}'.removesuffix(':0') for group, count in of_word)}"
            for word, of_word in sorted(known.items())
        ],
    }
    head = (
        f"{LEXICON_FORMAT}, made by vae.collect.lexicon of WordNet 3.0, (c) 2006 Princeton University: LICENSE-WordNet"
    )
    return head + "".join(f"\n[{name}]\n" + "\n".join(lines) for name, lines in sections.items()) + "\n"


def main() -> None:
    """Writes the file; the same folder gives the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="data.noun, index.noun, noun.exc, ..., cntlist.rev: /usr/share/wordnet"
    )
    parser.add_argument("output", type=Path, help="lexicon.gz")
    args = parser.parse_args()
    args.output.write_bytes(gzip.compress(lexicon_text(args.folder).encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
