"""Selects the edits of a variation from the proposals for a text, and applies them."""

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
"""What a proposal loses of its probability for each earlier variation of the text that edited the same place, and for
each that made the same edit, so that variations of one text differ (maximal marginal relevance, Carbonell & Goldstein
1998)."""

SHUFFLED = 0.05
"""The largest difference of probability that chance may reverse, so that another seed gives other variations."""

DENSEST = 2.0
"""No segment changes by more than this many times the share of words that the text may change by."""


@dataclass(frozen=True)
class Proposal:
    """A replacement or a move in a segment, and the probability that people accept it there."""

    segment: int
    replacement: Replacement | Move
    probability: float


@dataclass
class EditHistory:
    """Counts the edits of the variations made of a text so far: by place, by edit, and the edits of each variation."""

    places: Counter[tuple[int, int]] = field(default_factory=Counter)
    exchanges: Counter[tuple[int, int, tuple[str, ...]]] = field(default_factory=Counter)
    whole: set[frozenset[tuple[int, int, tuple[str, ...]]]] = field(default_factory=set)

    def holds(self, edits: Sequence[Proposal]) -> bool:
        """Whether an earlier variation has exactly these edits."""
        return frozenset(map(_exchange, edits)) in self.whole

    def add(self, edits: Sequence[Proposal]) -> None:
        """Counts the edits of one more variation."""
        for edit in edits:
            replacement = edit.replacement
            self.places.update((edit.segment, place) for place in range(replacement.start, replacement.end))
            self.exchanges[_exchange(edit)] += 1
        self.whole.add(frozenset(map(_exchange, edits)))

    def loss(self, proposal: Proposal) -> float:
        """Returns what a proposal loses of its probability because of earlier variations."""
        replacement = proposal.replacement
        most = max(self.places[proposal.segment, place] for place in range(replacement.start, replacement.end))
        return AGAIN_PLACE * most + AGAIN_WORDS * self.exchanges[_exchange(proposal)]


def _exchange(proposal: Proposal) -> tuple[int, int, tuple[str, ...]]:
    """Returns what identifies an edit of a text: its segment, its first word, and its new words."""
    return proposal.segment, proposal.replacement.start, proposal.replacement.new


def select_edits(
    text: Sequence[Words],
    proposals: Sequence[Proposal],
    history: EditHistory,
    *,
    change: float,
    at_least: float,
    random: np.random.Generator,
    banned: Sequence[str] = (),
    taken: Sequence[Proposal] = (),
) -> list[Proposal]:
    """Returns the proposals to take, the most probable first, at least one word apart, within the budget of words.

    It takes no proposal that is less probable than `at_least`, that brings a single word which the text already holds,
    or that completes a banned word or phrase.

    Args:
        text: the words of each segment.
        proposals: those to choose from.
        history: the edits of earlier variations of this text.
        change: the share of the text's words that may change.
        at_least: the least probability of an edit.
        random: the source of chance.
        banned: words and phrases, in any case.
        taken: edits that the variation has already; they count towards the budget.
    """
    words = sum(map(len, text))
    budget = change * words - sum(edit.replacement.size for edit in taken)
    draft = _Draft(text, change, banned)
    for edit in taken:
        draft.take(edit)
    chance = SHUFFLED * random.random(len(proposals))
    order = sorted(
        range(len(proposals)),
        key=lambda number: (history.loss(proposals[number]) - proposals[number].probability + chance[number], number),
    )
    selected: list[Proposal] = []
    for number in order:
        proposal = proposals[number]
        size = proposal.replacement.size
        if proposal.probability >= at_least and size <= budget + 0.5 and draft.allows(proposal):
            draft.take(proposal)
            selected.append(proposal)
            budget -= size
    return selected


def apply_edits(words: Words, edits: Sequence[Replacement | Move]) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """Returns the words of a segment after edits, and the (start, end) that each edit has there, in the given order."""
    by_start = {edit.start: edit for edit in edits}
    new_words: list[str] = []
    new_places: dict[int, tuple[int, int]] = {}
    place = 0
    while place < len(words):
        edit = by_start.get(place)
        new = edit.written(words.words[place : edit.end]) if edit else (words.words[place],)
        new_places[place] = (len(new_words), len(new_words) + len(new))
        new_words += new
        place = edit.end if edit else place + 1
    return tuple(new_words), [new_places[edit.start] for edit in edits]


class _Draft:
    """A text and the edits taken so far; says which proposals may still be taken."""

    def __init__(self, text: Sequence[Words], change: float, banned: Sequence[str]) -> None:
        self._text, self._change = text, change
        self._banned = [" ".join(phrase.casefold().split()) for phrase in banned]
        self._word_counts = Counter(bare(word) for words in text for word in words.words)
        self._edits: list[list[Replacement | Move]] = [[] for _ in text]
        self._edited_places: list[set[int]] = [set() for _ in text]

    def allows(self, proposal: Proposal) -> bool:
        """Whether a proposal may be taken.

        It must stand apart from other edits, leave most of its segment as it is, bring no single word that the text
        already holds, and complete no banned phrase.
        """
        replacement, words = proposal.replacement, self._text[proposal.segment]
        around = range(replacement.start - 1, replacement.end + 1)
        changed = sum(edit.size for edit in self._edits[proposal.segment])
        room = max(1.0, DENSEST * self._change * len(words)) - changed
        repeats = len(replacement.new) == 1 and self._word_counts[replacement.new[0].casefold()] > 0
        apart = not self._edited_places[proposal.segment].intersection(around)
        return apart and replacement.size <= room + 0.5 and not repeats and not self._completes_banned(proposal)

    def take(self, proposal: Proposal) -> None:
        """Adds an edit to the draft."""
        replacement = proposal.replacement
        self._edits[proposal.segment].append(replacement)
        self._edited_places[proposal.segment].update(range(replacement.start, replacement.end))
        self._word_counts.update(word.casefold() for word in replacement.new)

    def _completes_banned(self, proposal: Proposal) -> bool:
        """Whether a proposal makes a banned phrase more frequent in its segment."""
        if not self._banned:
            return False
        words, edits = self._text[proposal.segment], self._edits[proposal.segment]
        before, after = (
            " ".join(apply_edits(words, draft)[0]).casefold() for draft in (edits, [*edits, proposal.replacement])
        )
        return any(_count(phrase, after) > _count(phrase, before) for phrase in self._banned)


def _count(phrase: str, text: str) -> int:
    """Counts a phrase in a text, as whole words."""
    return len(re.findall(rf"(?<!\w){re.escape(phrase)}(?!\w)", text))
