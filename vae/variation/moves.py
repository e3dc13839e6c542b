"""Finds moves: a part of a sentence goes to its other end, or two parts around a word that joins them change places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tokenizer.tokenizer import WORD_START
from vae.variation.compounds import compounds_in
from vae.variation.editable_words import is_letter, names_in
from vae.variation.move import SWAP, TO_END, TO_FRONT, Move
from vae.variation.words import SENTENCE_END, bare, bare_case, split_marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vae.language.language import Language
    from vae.variation.words import Words

_LONGEST = 12
"""The most words of the shorter of two parts."""

LONGEST_JOINED = 5
"""The most words of each of two parts around a word that joins them."""

_SHORTEST = 2
"""The fewest words of a part that moves to the other end of a sentence; single words follow rules of their own."""

_FEWEST_SWAPS = 3
"""How often authors swapped the parts around a joint word, at least."""

LEAST_FRONTED = 0.004
"""How often an opener begins a part put first, at least, for each time that it is met inside a sentence."""

SUBJECTS = frozenset({"pronoun", "determiner"})
"""Kinds of words with which a clause may begin behind a part put first without a comma."""

LONGEST_PLAIN = 7
"""The most words of a part put first without a comma."""

_PLAIN = re.compile(r"[^:;()\[\]\"“”«»„…—–*_|/]+")
"""A word of a sentence in which parts may move: without brackets, quotation marks, dashes and the like."""

_FULL_STOP = "."


def joints_of(language: Language) -> frozenset[str]:
    """Returns the joints: words around which authors swap two parts, as "and"."""
    return frozenset(word for word, counts in language.moving.items() if counts.swapped >= _FEWEST_SWAPS)


def openers_of(language: Language) -> frozenset[str]:
    """Returns the openers: words that begin a part which authors put first, as "because"."""
    openers = (word for word, counts in language.moving.items() if counts.fronted >= LEAST_FRONTED * counts.inside)
    return frozenset(openers) - joints_of(language)


class Sentence(NamedTuple):
    """A sentence: the words from `start` to before `end` of a segment, and the places of those that end in a comma."""

    start: int
    end: int
    commas: tuple[int, ...]


class Cuts(NamedTuple):
    """The kind of a move and its places, which `Move` explains; its new words are not known yet."""

    kind: str
    start: int
    left: int
    right: int
    end: int


class MoveFinder:
    """Finds the moves in segments of a language.

    Args:
        language: of the text.
        pieces: the number of each piece of a tokenizer, the frequent first; a word is mostly written in small letters
            if its piece in small letters comes before the one with a capital.
        kept: bare words that stay where they stand.
    """

    def __init__(self, language: Language, pieces: Mapping[str, int], kept: frozenset[str]) -> None:
        self._language, self._pieces, self._kept = language, pieces, kept
        self._joints = joints_of(language)
        self._openers = openers_of(language)

    def __call__(self, words: Words, quoted: Sequence[bool]) -> list[Move]:
        """Returns the moves in a segment, sorted by place.

        None cuts a compound in two, and none is in a sentence with a word that is `quoted`.
        """
        if not self._language.moving:
            return []
        names = names_in(words, self._language)
        joined = [place for start, end in compounds_in(words, self._language) for place in range(start + 1, end)]
        moves = {
            move
            for sentence in sentences(words)
            if not any(quoted[sentence.start : sentence.end])
            for cuts in (
                *self._to_end(words, sentence),
                *self._to_front(words, sentence),
                *self._swaps(words, sentence),
            )
            if not set(joined).intersection(cuts[1:])
            for move in self._move(words, names, cuts)
        }
        return sorted(moves, key=lambda move: (move.start, move.left, move.right, move.end, move.kind, move.new))

    def _to_end(self, words: Words, sentence: Sentence) -> Iterator[Cuts]:
        """Yields moves of the first part of a sentence behind the clause that follows it.

        The part begins with an opener. It ends at the first comma, or where a clause may begin without one.
        """
        start, commas = sentence.start, sentence.commas
        if self._bare(words, start) not in self._openers:
            return
        end = _next(commas, 1, sentence.end)
        # Behind another comma a clause may go on: "the size, the shape", or "the house, an inn".
        whole = end == sentence.end or self._continues(words, end)
        if commas and whole and not self._continues(words, commas[0] + 1):
            yield Cuts(TO_END, start, commas[0] + 1, commas[0] + 1, end)
        last = min(_next(commas, 0, sentence.end), start + LONGEST_PLAIN + 1)
        subjects = [
            place
            for place in range(start + _SHORTEST, last)
            if self._kind(words, place) in SUBJECTS
            and self._bare(words, place - 1) not in self._openers | self._language.inner_words
        ]
        if not subjects:
            return
        subject = subjects[0]
        kinds = [self._kind(words, place) for place in range(start, subject)]
        if "auxiliary" not in kinds and "pronoun" not in kinds[_SHORTEST:]:
            yield Cuts(TO_END, start, subject, subject, _next(commas, 0, sentence.end))

    def _to_front(self, words: Words, sentence: Sentence) -> Iterator[Cuts]:
        """Yields moves of the last part of a sentence, or of its first clause, to the front; it begins with an opener.

        There are none in a sentence that begins with an opener already, alone or behind a word as "but".
        """
        start, commas = sentence.start, sentence.commas
        end = _next(commas, 0, sentence.end)
        first = min(start + 1, sentence.end - 1) if self._continues(words, start) else start
        if {self._bare(words, start), self._bare(words, first)} & self._openers:
            return
        for place in range(start + _SHORTEST, end - _SHORTEST + 1):
            if self._bare(words, place) in self._openers and not self._joins_verb(words, place, end):
                yield Cuts(TO_FRONT, start, place, place, end)
        # A part behind a time may describe that time, and must stay beside it: "until May, when it rained".
        describes_time = self._kind(words, end - 1) in {"time", "number"}
        if len(commas) == 1 and self._bare(words, end) in self._openers and not describes_time:
            yield Cuts(TO_FRONT, start, end, end, sentence.end)

    def _swaps(self, words: Words, sentence: Sentence) -> Iterator[Cuts]:
        """Yields swaps of the two parts around each joint, where both may begin and end."""
        stop = self._language.stop_words
        for joint in range(sentence.start + 1, sentence.end - 1):
            if self._bare(words, joint) not in self._joints or joint - 1 in sentence.commas:
                continue
            first = max((comma + 1 for comma in sentence.commas if comma < joint), default=sentence.start)
            starts = self._starts(words, first, joint)
            for end in range(joint + 2, min(sentence.end, joint + 1 + LONGEST_JOINED) + 1):
                may_end = end == sentence.end or end - 1 in sentence.commas or self._bare(words, end) in stop
                for start in starts:
                    same_length = start == first and end - joint - 1 == joint - start
                    if (may_end or same_length) and self._alike(words, start, joint + 1):
                        yield Cuts(SWAP, start, joint, joint + 1, end)
                if end - 1 in sentence.commas:
                    break

    def _starts(self, words: Words, first: int, joint: int) -> list[int]:
        """Returns the places where the part before a joint may begin, in the clause whose first word is at `first`.

        A part begins with the clause, at a function word, or behind one.
        """
        stop = self._language.stop_words
        return [
            place
            for place in range(max(first, joint - LONGEST_JOINED), joint)
            if place == first or self._bare(words, place - 1) in stop or self._bare(words, place) in stop
        ]

    def _alike(self, words: Words, one: int, other: int) -> bool:
        """Whether the words at two places may begin parts of one kind.

        Either both are function words, the same or both with kinds among SUBJECTS, or neither is one and their forms
        may be the same.
        """
        first, second = self._bare(words, one), self._bare(words, other)
        stop, kinds = self._language.stop_words, self._language.kinds
        if first in stop or second in stop:
            return first == second or {kinds.get(first), kinds.get(second)} <= SUBJECTS
        return self._language.same_form(first, second) is not False

    def _move(self, words: Words, names: Sequence[bool], cuts: Cuts) -> Iterator[Move]:
        """Yields the move with its marks and capitals.

        Yields none if both parts are the same, or the move would cut a name in two, move a kept word, change the order
        of protected spans, or move a part of a forbidden length; nor if the capitals that it needs are not known.
        """
        kind, start, left, right, end = cuts
        old = words.words[start:end]
        first, between, last = list(words.words[start:left]), words.words[left:right], list(words.words[right:end])
        cut_name = any(0 < cut < len(words) and names[cut - 1] and names[cut] for cut in (start, left, right, end))
        both_protected = any("<" in word for word in first) and any("<" in word for word in last)
        kept = any(bare(word) in self._kept for word in old)
        same = list(map(bare, first)) == list(map(bare, last))
        if cut_name or both_protected or kept or same or any(names[left:right]):
            return
        if kind != SWAP and not _SHORTEST <= min(len(first), len(last)) <= _LONGEST:
            return
        if words.begins_sentence(start):
            inner = self._inside_sentence(words, names, start)
            if inner is None or not last[0][:1].isalpha():
                return
            first[0], last[0] = inner, last[0][:1].upper() + last[0][1:]
        last[-1], mark = split_marks(last[-1])
        first[-1] = split_marks(first[-1])[0] + mark
        if kind == TO_FRONT:
            last[-1] += ","
        yield Move(*cuts, old, (*last, *between, *first))

    def _inside_sentence(self, words: Words, names: Sequence[bool], place: int) -> str | None:
        """Returns the first word of a sentence as it is written inside one; None if that is not known."""
        word = words.words[place]
        plain = bare_case(word)
        head = re.split("['’]", plain)[0]
        small, as_written = (self._pieces.get(WORD_START + form) for form in (head.lower(), head))
        mostly_small = small is not None and (as_written is None or small < as_written)
        if not plain[:1].isupper() or (is_letter(plain, self._language) and not mostly_small):
            return word
        if names[place] or not (plain[1:].islower() or len(plain) == 1):
            return None
        if plain.lower().replace("’", "'") in self._language.stop_words or mostly_small:
            return word[:1].lower() + word[1:]
        return None

    def _continues(self, words: Words, place: int) -> bool:
        """Whether the word at a place may continue or join a clause, as "and", "so" and "who" do."""
        word = self._bare(words, place)
        return word in self._language.stop_words and self._kind(words, place) not in SUBJECTS

    def _joins_verb(self, words: Words, start: int, end: int) -> bool:
        """Whether a verb in the past follows a joint in a part of a sentence, alone or behind one more word.

        Such a verb may belong to the words before the part: "He scored in the last minute and then cried."
        """
        lexicon = self._language.lexicon
        joints = [place for place in range(start, end) if self._bare(words, place) in self._joints]
        behind = {place for joint in joints for place in range(joint + 1, min(joint + 3, end))}
        forms = (
            [{(each.kind, each.form) for each in lexicon.readings(self._bare(words, place))} for place in behind]
            if lexicon
            else []
        )
        return any(("v", "past") in own and ("n", "plural") not in own for own in forms)

    def _kind(self, words: Words, place: int) -> str:
        """Returns the kind of a function word, such as "pronoun"; "" for other words."""
        return self._language.kinds.get(self._bare(words, place), "")

    @staticmethod
    def _bare(words: Words, place: int) -> str:
        """Returns the bare word at a place, with a straight apostrophe."""
        return bare(words.words[place]).replace("’", "'")


def sentences(words: Words) -> Iterator[Sentence]:
    """Yields the sentences of a segment that end in a full stop and have no marks but commas inside."""
    start = 0
    for place, word in enumerate(words.words):
        if not SENTENCE_END.search(word):
            continue
        inside, begin = words.words[start:place], start
        start = place + 1
        plain = all(_PLAIN.fullmatch(other) and bare(other) for other in (*inside, word))
        only_commas = all(split_marks(other)[1] in {"", ","} for other in inside)
        if plain and only_commas and split_marks(word)[1] == _FULL_STOP:
            commas = tuple(begin + number for number, other in enumerate(inside) if other.endswith(","))
            yield Sentence(begin, place + 1, commas)


def _next(commas: Sequence[int], number: int, end: int) -> int:
    """Returns the place behind the comma of this number, from 0; `end` if there are fewer commas."""
    return commas[number] + 1 if number < len(commas) else end
