"""Which of its replacements a variation of a text makes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vae.variation.words import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from vae.variation.move import Move
    from vae.variation.replacement import Replacement
    from vae.variation.words import Words

AGAIN_PLACE, AGAIN_WORDS = 0.25, 0.5
"""What a place, and an exchange, that an earlier variation of the text took loses of its probability (maximal marginal
relevance, Carbonell & Goldstein 1998): so variations of one text differ."""

SHUFFLED = 0.05
"""Probability by which chance may put one replacement before another: another seed, other variations."""

DENSEST = 2.0
"""No segment changes by more than so many times the share of words that the text may change by."""


@dataclass(frozen=True)
class Proposal:
    """A replacement or a move in a segment, and how probably people accept it there."""

    segment: int
    replacement: Replacement | Move
    probability: float


@dataclass
class EditHistory:
    """How often the variations of a text made so far touched each place and made each exchange, and all of each."""

    places: Counter[tuple[int, int]] = field(default_factory=Counter)
    exchanges: Counter[tuple[int, int, tuple[str, ...]]] = field(default_factory=Counter)
    whole: set[frozenset[tuple[int, int, tuple[str, ...]]]] = field(default_factory=set)

    def holds(self, made: Sequence[Proposal]) -> bool:
        """Whether one of them made just these exchanges."""
        return frozenset(map(_exchange, made)) in self.whole

    def add(self, made: Sequence[Proposal]) -> None:
        """Counts those of one more variation."""
        for each in made:
            one = each.replacement
            self.places.update((each.segment, place) for place in range(one.start, one.end))
            self.exchanges[_exchange(each)] += 1
        self.whole.add(frozenset(map(_exchange, made)))

    def loss(self, each: Proposal) -> float:
        """What a replacement loses of its probability."""
        one = each.replacement
        place = max(self.places[each.segment, place] for place in range(one.start, one.end))
        return AGAIN_PLACE * place + AGAIN_WORDS * self.exchanges[_exchange(each)]


def _exchange(each: Proposal) -> tuple[int, int, tuple[str, ...]]:
    return each.segment, each.replacement.start, each.replacement.new


def select_edits(
    text: Sequence[Words],
    weighed: Sequence[Proposal],
    earlier: EditHistory,
    *,
    change: float,
    at_least: float,
    random: np.random.Generator,
    banned: Sequence[str] = (),
    made: Sequence[Proposal] = (),
) -> list[Proposal]:
    """Those made beside what is `made`: the likeliest to be accepted, a word apart, of at most a share of the words.

    None is less likely to be accepted than `at_least`, brings a word that the text holds, or completes one of the
    `banned` words or phrases.

    Args:
        text: the segments' words.
        weighed: to choose from.
        earlier: variations of this text made before.
        change: the share of words that may change.
        at_least: a probability.
        random: what chance is drawn from.
        banned: in any case.
        made: replacements that stand already.
    """
    words = sum(map(len, text))
    budget = change * words - sum(each.replacement.size for each in made)
    draft = _Draft(text, change, banned)
    for each in made:
        draft.make(each)
    chance = SHUFFLED * random.random(len(weighed))
    order = sorted(
        range(len(weighed)),
        key=lambda number: (earlier.loss(weighed[number]) - weighed[number].probability + chance[number], number),
    )
    chosen: list[Proposal] = []
    for number in order:
        each = weighed[number]
        if each.probability >= at_least and each.replacement.size <= budget + 0.5 and draft.allows(each):
            draft.make(each)
            chosen.append(each)
            budget -= each.replacement.size
    return chosen


def made_words(
    words: Words, replacements: Sequence[Replacement | Move]
) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """The words of a segment with replacements made, and the places that each then stands at, in the order given."""
    by_start = {each.start: each for each in replacements}
    now: list[str] = []
    at: dict[int, tuple[int, int]] = {}
    place = 0
    while place < len(words):
        each = by_start.get(place)
        new = each.written(words.words[place : each.end]) if each else (words.words[place],)
        at[place] = (len(now), len(now) + len(new))
        now += new
        place = each.end if each else place + 1
    return tuple(now), [at[each.start] for each in replacements]


class _Draft:
    """A text while replacements are chosen for it."""

    def __init__(self, text: Sequence[Words], change: float, banned: Sequence[str]) -> None:
        self._text, self._change = text, change
        self._banned = [" ".join(phrase.casefold().split()) for phrase in banned]
        self._there = Counter(bare(word) for words in text for word in words.words)
        self._made: list[list[Replacement | Move]] = [[] for _ in text]
        self._taken: list[set[int]] = [set() for _ in text]

    def allows(self, each: Proposal) -> bool:
        """Whether it stands apart, brings no word twice, leaves the segment mostly as it is, and nothing is banned."""
        one, words = each.replacement, self._text[each.segment]
        beside = range(one.start - 1, one.end + 1)
        room = max(1.0, DENSEST * self._change * len(words)) - sum(other.size for other in self._made[each.segment])
        brings = len(one.new) == 1 and self._there[one.new[0].casefold()] > 0
        apart = not self._taken[each.segment].intersection(beside)
        return apart and one.size <= room + 0.5 and not brings and not self._bans(each)

    def make(self, each: Proposal) -> None:
        """Makes it."""
        one = each.replacement
        self._made[each.segment].append(one)
        self._taken[each.segment].update(range(one.start, one.end))
        self._there.update(word.casefold() for word in one.new)

    def _bans(self, each: Proposal) -> bool:
        if not self._banned:
            return False
        words, made = self._text[each.segment], self._made[each.segment]
        was, now = (" ".join(made_words(words, of)[0]).casefold() for of in (made, [*made, each.replacement]))
        return any(_count(phrase, now) > _count(phrase, was) for phrase in self._banned)


def _count(phrase: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(phrase)}(?!\w)", text))
