"""How two words of a language are related, looked up in a file that knows no particular language."""

from __future__ import annotations

import gzip
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Relation = Literal["same", "above", "sibling", "opposite", ""]

LEXICON_FORMAT = "blogvae-lexicon/1"
UNSEEN = 0.5
"""Uses added to what a sense was counted (Krichevsky and Trofimov 1981), so that a sense never counted has a share."""


class Reading(NamedTuple):
    """What a word may be: its part of speech, the word it is a form of, and which form ("" for that word itself)."""

    kind: str
    lemma: str
    form: str


class Related(NamedTuple):
    """A relation, and what share of the first word's uses, 0 to 1, the senses make up through which it holds."""

    relation: Relation
    share: float


NOT_RELATED = Related("", 0.0)


class _Groups(NamedTuple):
    """Some groups, and those directly above them."""

    own: frozenset[int]
    above: frozenset[int]


_TESTS: tuple[tuple[str, Relation], ...] = (
    ("opposed", "opposite"),
    ("same", "same"),
    ("above", "above"),
    ("opposed above", "opposite"),
    ("sibling", "sibling"),
)
"""In this order: on SWORDS people accept as many opposites "by groups above" as words that are not related at all."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Lexicon:
    """Words, the groups of synonyms they are in, and what holds between groups.

    Read by `read_lexicon`. Lines are kept as they stand in the file and taken apart when first asked for.

    `words`: of each word its senses, "group:count" (the count, if not 0, is how often the word was met in that sense).
    `groups`: of each group its part of speech and the groups above it. `opposites`: of each group those opposed to it.
    `forms`: of an irregular form "part-of-speech:word:form". `endings`: part of speech, ending, what stands there in
    the word itself, form.
    """

    words: Mapping[str, str]
    groups: tuple[str, ...]
    opposites: Mapping[int, frozenset[int]]
    forms: Mapping[str, str]
    endings: tuple[tuple[str, str, str, str], ...]

    def __contains__(self, word: str) -> bool:
        """Whether it knows the word, or one that this is a form of."""
        return bool(self.readings(word))

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def readings(self, word: str) -> frozenset[Reading]:
        """All that a word, in any case, may be; empty for one that is not known."""
        word = word.lower()
        listed = [Reading(*each.split(":")) for each in self.forms.get(word, "").split()]
        ended = [
            Reading(kind, word.removesuffix(ending) + instead, form)
            for kind, ending, instead, form in self.endings
            if word.endswith(ending) and len(word) > len(ending) + 1
        ]
        own = [Reading(kind, word, "") for kind in self._senses(word)]
        return frozenset(own) | {each for each in listed + ended if each.kind in self._senses(each.lemma)}

    def lemmas(self, word: str) -> frozenset[str]:
        """The words that one may be a form of; itself in lower case if it is not known."""
        return frozenset(each.lemma for each in self.readings(word)) or frozenset({word.lower()})

    def same_form(self, first: str, second: str) -> bool | None:
        """Whether they share a part of speech and a form of it; None if either is not known."""
        one, other = self.readings(first), self.readings(second)
        if not one or not other:
            return None
        return bool({(each.kind, each.form) for each in one} & {(each.kind, each.form) for each in other})

    @lru_cache(maxsize=1 << 17)  # noqa: B019 - a lexicon lives as long as its process
    def related(self, first: str, second: str) -> Related:
        """The closest relation between two words in any of their senses; a listed opposite before all others.

        "same" (in one group of synonyms), "above" (one's group directly above the other's, whichever) and "sibling"
        (one group directly above both) hold between words of a like form. "opposite" holds whatever the form, if their
        groups are opposed, or else, unless they are the same or one above the other, if groups directly above them are:
        "recent" is below "new", and "new" opposed to "old". "" for anything else.
        """
        mine = [(each, *sense) for each, senses in self._of(first) for sense in senses]
        uses = sum(count for _, _, count in mine)
        lemmas = self.lemmas(second)
        for test, relation in _TESTS:
            weight = sum(
                count
                for reading, group, count in mine
                if self._hold(
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
        """What `related` finds."""
        return self.related(first, second).relation

    def sense_share(self, first: str, second: str) -> float:
        """How much of the first word's use is in senses through which they are related, 0 to 1.

        A word related by a rare sense alone seldom fits: "point" is a "tip" in a twentieth of its uses.
        """
        return self.related(first, second).share

    def synonyms(self, word: str) -> frozenset[str]:
        """The words themselves, not their forms, that share a group with a word in any of its senses."""
        groups = {group for _, senses in self._of(word) for group, _ in senses}
        return frozenset(other for group in groups for other in self._words_of_groups[group]) - self.lemmas(word)

    @cached_property
    def _words_of_groups(self) -> dict[int, list[str]]:
        """The words of each group. Made when first asked for: it takes a third of a second."""
        found = defaultdict(list)
        for word, senses in self.words.items():
            for sense in senses.split():
                found[int(sense.partition(":")[0])].append(word)
        return found

    def _of(self, word: str) -> list[tuple[Reading, list[tuple[int, float]]]]:
        return [(each, self._senses(each.lemma)[each.kind]) for each in self.readings(word)]

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def _senses(self, word: str) -> dict[str, list[tuple[int, float]]]:
        """By part of speech the groups a word itself is in, each with its uses."""
        found: dict[str, list[tuple[int, float]]] = {}
        for sense in self.words.get(word, "").split():
            group, _, count = sense.partition(":")
            found.setdefault(self.groups[int(group)][0], []).append((int(group), int(count or 0) + UNSEEN))
        return found

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def _above(self, group: int) -> frozenset[int]:
        return frozenset(map(int, self.groups[group].split()[1:]))

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def _around(self, word: str, kind: str, form: str | None, without: str) -> _Groups:
        """The groups of a word as a part of speech, in a form or, for None, in any, but not as a form of `without`."""
        own = frozenset(
            group
            for reading, senses in self._of(word)
            if reading.kind == kind and form in {None, reading.form} and reading.lemma != without
            for group, _ in senses
        )
        return _Groups(own, frozenset[int]().union(*map(self._above, own)))

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - a lexicon lives as long as its process
    def _opposed(self, group: int) -> _Groups:
        """The groups opposed to one, and to it or one directly above it."""
        near = (group, *self._above(group))
        listed = [self.opposites.get(each, frozenset[int]()) for each in near]
        return _Groups(listed[0], frozenset[int]().union(*listed))

    def _hold(self, test: str, group: int, other: _Groups) -> bool:
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
    """Reads a lexicon from its file: gzip, UTF-8, `LEXICON_FORMAT`, as `lexicon_text` of `vae.collect.lexicon` writes.

    Sections begin with a line "[name]"; what comes before the first is comment.

    Raises:
        ValueError: if the file is of another format.
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
    for part in text.split("\n[")[1:]:
        heading, _, lines = part.partition("]\n")
        yield heading, lines.removesuffix("\n")


def _by_first_column(lines: list[str]) -> dict[str, str]:
    return {word: rest for word, _, rest in (line.partition("\t") for line in lines)}
