"""Parts of sentences that might change places: what a sentence begins or ends with, and two parts that a word joins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tokenizer.tokenizer import WORD_START
from vae.variation.editable_words import is_letter, names_in
from vae.variation.move import SWAP, TO_END, TO_FRONT, Move
from vae.variation.words import SENTENCE_END, bare, bare_case, split_marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vae.language.language import Language
    from vae.variation.words import Words

_LONGEST = 12
"""Words of the shorter of two parts, at most."""

LONGEST_JOINED = 5
"""Words of each of two parts that a word joins, at most."""

_SHORTEST = 2
"""Words of a part that is put first or last, at least: single words have places of their own."""

_FEWEST_SWAPS = 3
"""How often authors swapped what a word joins, at least."""

LEAST_FRONTED = 0.004
"""How often a word that opens a part is met at the beginning of one put first, for once that it is met inside."""

SUBJECTS = frozenset({"pronoun", "determiner"})
"""Kinds of words that a clause may begin with, behind a part put first without a comma."""

LONGEST_PLAIN = 7
"""Words of a part put first without a comma, at most."""

_PLAIN = re.compile(r"[^:;()\[\]\"“”«»„…—–*_|/]+")
"""Words of sentences simple enough to be moved about in: without brackets, quotation marks, dashes and the like."""

_FULL_STOP = "."


def joints_of(language: Language) -> frozenset[str]:
    """Words around which authors exchange two parts."""
    return frozenset(word for word, each in language.moving.items() if each.swapped >= _FEWEST_SWAPS)


def openers_of(language: Language) -> frozenset[str]:
    """Words that open a part that authors put first."""
    moving = language.moving.items()
    return frozenset(word for word, each in moving if each.fronted >= LEAST_FRONTED * each.inside) - joints_of(language)


class Sentence(NamedTuple):
    """Words `start` to `end` of a segment, and the places of those with a comma behind them."""

    start: int
    end: int
    commas: tuple[int, ...]


class Cuts(NamedTuple):
    """A kind of move, and its places as `Move` has them."""

    kind: str
    start: int
    left: int
    right: int
    end: int


class MoveFinder:
    """Finds moves in the words of a segment; needs to know a language's words that parts begin with.

    Args:
        language: of the text.
        pieces: the numbers of a tokenizer's pieces, the frequent first: they tell words that are mostly written small.
        kept: bare words that stay where they stand.
    """

    def __init__(self, language: Language, pieces: Mapping[str, int], kept: frozenset[str]) -> None:
        self._language, self._pieces, self._kept = language, pieces, kept
        self._joints = joints_of(language)
        self._openers = openers_of(language)

    def __call__(self, words: Words, quoted: Sequence[bool]) -> list[Move]:
        """The moves in a segment, by place; none of words that are quoted."""
        if not self._language.moving:
            return []
        names = names_in(words, self._language)
        found = [
            move
            for sentence in sentences(words)
            if not any(quoted[sentence.start : sentence.end])
            for cuts in (
                *self._to_end(words, sentence),
                *self._to_front(words, sentence),
                *self._swaps(words, sentence),
            )
            for move in self._made(words, names, cuts)
        ]
        return sorted(set(found), key=lambda each: (each.start, each.left, each.right, each.end, each.kind, each.new))

    def _to_end(self, words: Words, sentence: Sentence) -> Iterator[Cuts]:
        """What a sentence begins with, up to its comma or to where a clause may begin, goes behind the next clause."""
        start, commas = sentence.start, sentence.commas
        if self._bare(words, start) not in self._openers:
            return
        if commas and not self._continues(words, commas[0] + 1):
            yield Cuts(TO_END, start, commas[0] + 1, commas[0] + 1, _next(commas, 1, sentence.end))
        last = min(_next(commas, 0, sentence.end), start + LONGEST_PLAIN + 1)
        begun = [
            place
            for place in range(start + _SHORTEST, last)
            if self._kind(words, place) in SUBJECTS
            and self._bare(words, place - 1) not in self._openers | self._language.inner_words
        ]
        own = [self._kind(words, place) for place in range(start, begun[0])] if begun else []
        if begun and "auxiliary" not in own and "pronoun" not in own[_SHORTEST:]:
            yield Cuts(TO_END, start, begun[0], begun[0], _next(commas, 0, sentence.end))

    def _to_front(self, words: Words, sentence: Sentence) -> Iterator[Cuts]:
        """What a sentence or its first clause ends with, from a word that may begin a sentence so, goes first."""
        start, commas = sentence.start, sentence.commas
        end = _next(commas, 0, sentence.end)
        if self._bare(words, start) in self._openers:
            return
        for place in range(start + _SHORTEST, end - _SHORTEST + 1):
            if self._bare(words, place) in self._openers:
                yield Cuts(TO_FRONT, start, place, place, end)
        # Behind a time such a part may tell of that: "until May, when it rained".
        told = self._kind(words, end - 1) in {"time", "number"}
        if len(commas) == 1 and self._bare(words, end) in self._openers and not told:
            yield Cuts(TO_FRONT, start, end, end, sentence.end)

    def _swaps(self, words: Words, sentence: Sentence) -> Iterator[Cuts]:
        """Two parts around a word that joins them, each from and to a place where a part may begin or end."""
        stop = self._language.stop_words
        for joint in range(sentence.start + 1, sentence.end - 1):
            if self._bare(words, joint) not in self._joints or joint - 1 in sentence.commas:
                continue
            first = max((comma + 1 for comma in sentence.commas if comma < joint), default=sentence.start)
            starts = self._starts(words, first, joint)
            for end in range(joint + 2, min(sentence.end, joint + 1 + LONGEST_JOINED) + 1):
                ended = end == sentence.end or end - 1 in sentence.commas or self._bare(words, end) in stop
                for start in starts:
                    even = start == first and end - joint - 1 == joint - start
                    if (ended or even) and self._alike(words, start, joint + 1):
                        yield Cuts(SWAP, start, joint, joint + 1, end)
                if end - 1 in sentence.commas:
                    break

    def _starts(self, words: Words, first: int, joint: int) -> list[int]:
        """Where the part before a joint may begin, from a clause's first word on: at a function word, or behind one."""
        stop = self._language.stop_words
        return [
            place
            for place in range(max(first, joint - LONGEST_JOINED), joint)
            if place == first or self._bare(words, place - 1) in stop or self._bare(words, place) in stop
        ]

    def _alike(self, words: Words, one: int, other: int) -> bool:
        """Whether both words may begin parts of one kind: both function words of a kind, or both none."""
        first, second = self._bare(words, one), self._bare(words, other)
        stop, kinds = self._language.stop_words, self._language.kinds
        if first in stop or second in stop:
            return first == second or {kinds.get(first), kinds.get(second)} <= SUBJECTS
        return self._language.same_form(first, second) is not False

    def _made(self, words: Words, names: Sequence[bool], cuts: Cuts) -> Iterator[Move]:
        """The move with its marks and capitals; none where something that stays as it is would be broken."""
        kind, start, left, right, end = cuts
        old = words.words[start:end]
        one, between, other = words.words[start:left], words.words[left:right], words.words[right:end]
        cut_name = any(0 < cut < len(words) and names[cut - 1] and names[cut] for cut in (start, left, right, end))
        both_protected = any("<" in word for word in one) and any("<" in word for word in other)
        kept = any(bare(word) in self._kept for word in old)
        if cut_name or both_protected or kept or any(names[left:right]):
            return
        if kind != SWAP and (min(len(one), len(other)) > _LONGEST or min(len(one), len(other)) < _SHORTEST):
            return
        first, last = list(one), list(other)
        if words.begins_sentence(start):
            small = self._small(words, names, start)
            if small is None or not last[0][:1].isalpha():
                return
            first[0], last[0] = small, last[0][:1].upper() + last[0][1:]
        core, mark = split_marks(last[-1])
        last[-1] = core
        before = split_marks(first[-1])
        first[-1] = before[0] + mark
        if kind == TO_FRONT:
            last[-1] += ","
        yield Move(*cuts, old, (*last, *between, *first))

    def _small(self, words: Words, names: Sequence[bool], place: int) -> str | None:
        """A sentence's first word as it is written inside one; None where that is not known."""
        word = words.words[place]
        plain = bare_case(word)
        head = re.split("['’]", plain)[0]
        small, own = (self._pieces.get(WORD_START + each) for each in (head.lower(), head))
        common = small is not None and (own is None or small < own)
        if not plain[:1].isupper() or (is_letter(plain, self._language) and not common):
            return word
        if names[place] or not (plain[1:].islower() or len(plain) == 1):
            return None
        if plain.lower().replace("’", "'") in self._language.stop_words or common:
            return word[:1].lower() + word[1:]
        return None

    def _continues(self, words: Words, place: int) -> bool:
        """Whether a clause may go on at a place, or be joined there: at "and", "so", "who"."""
        word = self._bare(words, place)
        return word in self._language.stop_words and self._kind(words, place) not in SUBJECTS

    def _kind(self, words: Words, place: int) -> str:
        return self._language.kinds.get(self._bare(words, place), "")

    @staticmethod
    def _bare(words: Words, place: int) -> str:
        return bare(words.words[place]).replace("’", "'")


def sentences(words: Words) -> Iterator[Sentence]:
    """The sentences of a segment that end in a full stop and hold no marks but commas."""
    start = 0
    for place, word in enumerate(words.words):
        if not SENTENCE_END.search(word):
            continue
        own = range(start, place + 1)
        start = place + 1
        plain = all(_PLAIN.fullmatch(words.words[each]) and bare(words.words[each]) for each in own)
        inner = all(split_marks(words.words[each])[1] in {"", ","} for each in own[:-1])
        if plain and inner and split_marks(word)[1] == _FULL_STOP:
            yield Sentence(own[0], place + 1, tuple(each for each in own if words.words[each].endswith(",")))


def _next(commas: Sequence[int], number: int, end: int) -> int:
    """The place behind the comma of a number; the end where there are fewer."""
    return commas[number] + 1 if number < len(commas) else end
