"""Looks up how two words are related; all knowledge of a language is in the lexicon file."""

from __future__ import annotations

import gzip
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Relation = Literal["same", "above", "sibling", "opposite", ""]
"""How two words are related, as `Lexicon.related` explains; "" for two words that are not."""

LEXICON_FORMAT = "blogvae-lexicon/2"
UNSEEN = 0.5
"""Added to the count of each sense (Krichevsky and Trofimov 1981), so that a sense never counted has a share."""

ONE_SPELLING = 0.83
"""The least share of their letters that two spellings of a word have in common, by difflib: "centre", "center"."""


class Reading(NamedTuple):
    """One way to read a word: its part of speech, its lemma, and its form ("" for the lemma itself)."""

    kind: str
    lemma: str
    form: str


class Related(NamedTuple):
    """A relation, and the share, 0 to 1, of the first word's uses that are in senses for which it holds."""

    relation: Relation
    share: float


NOT_RELATED = Related("", 0.0)


class _Groups(NamedTuple):
    """Groups of synonyms (`own`), and the groups directly above them (`above`)."""

    own: frozenset[int]
    above: frozenset[int]


_TESTS: tuple[tuple[str, Relation], ...] = (
    ("opposed", "opposite"),
    ("same", "same"),
    ("above", "above"),
    ("opposed above", "opposite"),
    ("sibling", "sibling"),
)
"""Tests in their order, each with the relation that it shows.

Opposites by the groups above come late: on SWORDS, people accept as many of them as of unrelated words."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Lexicon:
    """Words, their groups of synonyms, and the relations between groups, as `read_lexicon` reads them.

    Lines are kept as they are in the file and parsed on first use.

    `words`: the senses of each word or compound, "group:count"; the count is how often it was seen in that sense, and 0
    is left out. `groups`: the part of speech of each group, and the groups directly above it. `opposites`: the opposed
    groups of each group. `forms`: the readings of each irregular form, "part-of-speech:lemma:form". `endings`: part of
    speech, ending of the form, ending of the lemma in its place, form.
    """

    words: Mapping[str, str]
    groups: tuple[str, ...]
    opposites: Mapping[int, frozenset[int]]
    forms: Mapping[str, str]
    endings: tuple[tuple[str, str, str, str], ...]

    def __contains__(self, word: str) -> bool:
        """Returns whether the lexicon holds the word or one of its lemmas."""
        return bool(self.readings(word))

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def readings(self, word: str) -> frozenset[Reading]:
        """Returns all readings of a word or compound, in any case; empty for an unknown one.

        The last word of a compound has its form, or the first of a verb: "car parks", "carried out".
        """
        word = word.lower()
        first, _, rest = word.partition(" ")
        listed = [Reading(*fields.split(":")) for fields in self.forms.get(word, "").split()]
        ended = [
            Reading(kind, word.removesuffix(ending) + instead, form)
            for kind, ending, instead, form in self.endings
            if word.endswith(ending) and len(word) > len(ending) + 1
        ]
        own = [Reading(kind, word, "") for kind in self._senses(word)]
        verbs = [
            Reading(kind, f"{lemma} {rest}", form)
            for kind, lemma, form in (self.readings(first) if rest else ())
            if kind == "v"
        ]
        formed = (each for each in listed + ended + verbs if each.kind in self._senses(each.lemma))
        return frozenset(own).union(formed)

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def lemmas(self, word: str) -> frozenset[str]:
        """Returns the words that a word may be a form of; the word itself in lower case if unknown."""
        return frozenset(each.lemma for each in self.readings(word)) or frozenset({word.lower()})

    def possible_forms(self, lemmas: frozenset[str]) -> frozenset[str]:
        """Returns words that hold all forms of some lemmas but the irregular ones, and words that are none."""
        regular = {
            lemma.removesuffix(instead) + ending
            for lemma in lemmas
            for _, ending, instead, _ in self.endings
            if lemma.endswith(instead)
        }
        return lemmas | regular

    def same_form(self, first: str, second: str) -> bool | None:
        """Returns whether two words share a part of speech and a form; None if either word is unknown."""
        one, other = self.readings(first), self.readings(second)
        if not one or not other:
            return None
        return bool({(each.kind, each.form) for each in one} & {(each.kind, each.form) for each in other})

    def spelled_alike(self, first: str, second: str) -> bool:
        """Returns whether two words are spellings of one, as "colour" and "color".

        Such words differ in one letter or have nearly the same letters, and all senses of the one are senses of the
        other.
        """
        first, second = first.lower(), second.lower()
        one, other = self._senses_of_forms(first), self._senses_of_forms(second)
        within = bool(one and other) and (one <= other or other <= one)
        one_letter = len(first) == len(second) and sum(map(str.__ne__, first, second)) == 1
        return within and (one_letter or SequenceMatcher(None, first, second).ratio() >= ONE_SPELLING)

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def _senses_of_forms(self, word: str) -> frozenset[tuple[str, int]]:
        """Returns the groups of a word, each with the form in which the word has it."""
        return frozenset(
            (reading.form, group) for reading, senses in self._readings_with_senses(word) for group, _ in senses
        )

    def mainly(self, word: str, kind: str) -> bool:
        """Returns whether a word is of a part of speech in at least half of its uses."""
        uses = [(reading.kind, count) for reading, senses in self._readings_with_senses(word) for _, count in senses]
        return 2 * sum(count for own, count in uses if own == kind) >= sum(count for _, count in uses) > 0

    @lru_cache(maxsize=1 << 17)  # noqa: B019 - a lexicon lives as long as its process
    def related(self, first: str, second: str) -> Related:
        """Returns the closest relation between two words in any of their senses.

        - "same": one group of synonyms holds both;
        - "above": the group of one word, whichever, is directly above a group of the other;
        - "sibling": one group is directly above groups of both;
        - "opposite": their groups are opposed, or groups directly above them are, as "recent" is below "new", which is
          opposed to "old";
        - "": none of these.

        Opposed groups come before all else; opposed groups above come after "same" and "above". All relations but
        "opposite" hold between words of the same form only.
        """
        own = [(reading, *sense) for reading, senses in self._readings_with_senses(first) for sense in senses]
        uses = sum(count for _, _, count in own)
        lemmas = self.lemmas(second)
        for test, relation in _TESTS:
            weight = sum(
                count
                for reading, group, count in own
                if self._holds(
                    test,
                    group,
                    self._around(
                        second,
                        reading.kind,
                        None if relation == "opposite" else reading.form,
                        reading.lemma if reading.lemma in lemmas else "",
                    ),
                )
            )
            if weight:
                return Related(relation, weight / uses)
        return NOT_RELATED

    def relation(self, first: str, second: str) -> Relation:
        """Returns the relation that `related` returns, without its share."""
        return self.related(first, second).relation

    def sense_share(self, first: str, second: str) -> float:
        """Returns the share, 0 to 1, of the first word's uses that are in senses related to the second word.

        A word that is related in a rare sense seldom fits: "point" is a "tip" in a twentieth of its uses.
        """
        return self.related(first, second).share

    def synonyms(self, word: str) -> frozenset[str]:
        """Returns the lemmas that share a group of synonyms with a word in any of its senses."""
        groups = {group for _, senses in self._readings_with_senses(word) for group, _ in senses}
        return frozenset(other for group in groups for other in self._words_of_groups[group]) - self.lemmas(word)

    @cached_property
    def _words_of_groups(self) -> dict[int, list[str]]:
        """The words of each group, computed on first use, as this takes a third of a second."""
        words = defaultdict(list)
        for word, senses in self.words.items():
            for sense in senses.split():
                words[int(sense.partition(":")[0])].append(word)
        return words

    def _readings_with_senses(self, word: str) -> list[tuple[Reading, list[tuple[int, float]]]]:
        """Returns each reading of a word with the groups of its lemma, and their smoothed counts."""
        return [(reading, self._senses(reading.lemma)[reading.kind]) for reading in self.readings(word)]

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def _senses(self, word: str) -> dict[str, list[tuple[int, float]]]:
        """Returns the groups of a lemma with its smoothed counts in them, by part of speech."""
        by_kind: dict[str, list[tuple[int, float]]] = {}
        for sense in self.words.get(word, "").split():
            group, _, count = sense.partition(":")
            by_kind.setdefault(self.groups[int(group)][0], []).append((int(group), int(count or 0) + UNSEEN))
        return by_kind

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def _above(self, group: int) -> frozenset[int]:
        """Returns the groups directly above a group."""
        return frozenset(map(int, self.groups[group].split()[1:]))

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def _around(self, word: str, kind: str, form: str | None, without: str) -> _Groups:
        """Returns the groups of a word's readings of one part of speech and form (None: any form).

        Readings with the lemma `without` are left out.
        """
        own = frozenset(
            group
            for reading, senses in self._readings_with_senses(word)
            if reading.kind == kind and form in {None, reading.form} and reading.lemma != without
            for group, _ in senses
        )
        return _Groups(own, frozenset[int]().union(*map(self._above, own)))

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def _opposed(self, group: int) -> _Groups:
        """Returns the groups opposed to a group (`own`), and those opposed to it or to a group above it (`above`)."""
        near = (group, *self._above(group))
        listed = [self.opposites.get(neighbour, frozenset[int]()) for neighbour in near]
        return _Groups(listed[0], frozenset[int]().union(*listed))

    def _holds(self, test: str, group: int, other: _Groups) -> bool:
        """Returns whether one of the `_TESTS` holds between a group and the groups of another word."""
        if test == "opposed":
            return bool(self._opposed(group).own & other.own)
        if test == "opposed above":
            return bool(self._opposed(group).above & (other.own | other.above))
        if test == "same":
            return group in other.own
        if test == "above":
            return group in other.above or bool(self._above(group) & other.own)
        return bool(self._above(group) & other.above)


def read_lexicon(file: Path) -> Lexicon:
    """Reads a lexicon from its gzipped file, whose text `vae.collect.lexicon.lexicon_text` makes.

    The first line holds `LEXICON_FORMAT`; each section begins with a line "[name]".

    Raises:
        ValueError: the file has another format.
    """
    text = gzip.decompress(file.read_bytes()).decode()
    if LEXICON_FORMAT not in text.partition("\n")[0]:
        raise ValueError(f"{file}: not a lexicon of format {LEXICON_FORMAT}")
    sections = {heading: lines.split("\n") for heading, lines in _sections(text)}
    opposites: dict[int, set[int]] = {}
    for line in sections["opposites"]:
        one, other = map(int, line.split())
        opposites.setdefault(one, set()).add(other)
        opposites.setdefault(other, set()).add(one)
    return Lexicon(
        words=_by_first_column(sections["words"]),
        groups=tuple(sections["groups"]),
        opposites={group: frozenset(others) for group, others in opposites.items()},
        forms=_by_first_column(sections["forms"]),
        endings=tuple(
            (kind, ending, instead, form)
            for kind, ending, instead, form in (line.split("\t") for line in sections["endings"])
        ),
    )


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Yields the name and the lines of each section."""
    for part in text.split("\n[")[1:]:
        heading, _, lines = part.partition("]\n")
        yield heading, lines.removesuffix("\n")


def _by_first_column(lines: list[str]) -> dict[str, str]:
    return {word: rest for word, _, rest in (line.partition("\t") for line in lines)}
