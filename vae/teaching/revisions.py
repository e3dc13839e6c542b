"""Pairs of sentences before and after an author reworded them: reading, and which of their spans say the same."""

from __future__ import annotations

import gzip
import json
import lzma
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from math import log2, sqrt
from typing import TYPE_CHECKING, NamedTuple

from vae.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import IO

    from vae.language.language import Language

MOST_EDITS = 3
"""A pair that differs in more spans is rather rewritten than reworded."""

TYPO = 0.85
"""Spans of more of their characters in common differ by a slip of the pen."""

TERM = 6
"""An exchange made more often than this by one owner alone, and by no other, is of that owner's terms."""

OFTEN = 12
"""From so many times on an exchange's weight is shared by all its places."""

HEAVIEST = 3.0
"""Most that an exchange weighs that recurs over owners."""

GRAMMAR = 0.35
"""What an exchange of words that only hold a sentence together weighs: there are many, and they teach the least."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MARKS = re.compile(r"[^\w\s]*$")


class Revision(NamedTuple):
    """A sentence as it was and as its author made it, and where it was found ("owner/repository")."""

    source: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """The words `old` that an author made `new`, `left` and `right` of them the sentence as it is in the new version.

    `right` begins with the marks or the space that follow. `weight` tells how often to learn from it.
    """

    source: str
    left: str
    old: str
    new: str
    right: str
    weight: float = 1.0

    @property
    def owner(self) -> str:
        """Whose it is: sources of one owner may share their history."""
        return self.source.partition("/")[0]

    @property
    def old_text(self) -> str:
        """The sentence with the old words."""
        return f"{self.left}{self.old}{self.right}"

    @property
    def new_text(self) -> str:
        """The sentence with the new words."""
        return f"{self.left}{self.new}{self.right}"


def open_text(path: Path) -> IO[str]:
    """A text file, taken out of .xz or .gz. Raises UserError if it is not there."""
    try:
        if path.suffix == ".xz":
            return lzma.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz":
            return gzip.open(path, "rt", encoding="utf-8")
        return path.open(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from error


def read_revisions(path: Path) -> Iterator[Revision]:
    """Of a file of JSON lines with `source`, `old` and `new`, the pairs of few edits.

    Raises:
        UserError: a line is no such pair.
    """
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                found = Revision(row["source"], row["old"], row["new"])
            except (ValueError, KeyError, TypeError) as error:
                raise UserError(f"{path}, line {number}: no JSON with source, old and new") from error
            if len(row.get("edits", ())) <= MOST_EDITS:
                yield found


def exchanges(revision: Revision) -> list[Exchange]:
    """What was exchanged, span by span, the other spans as in the new sentence; not what was only put in or left out.

    Marks that end both sides alike are no part of the span.
    """
    old, new = revision.old.split(), revision.new.split()
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    found = []
    for kind, start, end, new_start, new_end in changes:
        if kind != "replace":
            continue
        before, after = " ".join(old[start:end]), " ".join(new[new_start:new_end])
        marks = _ending_marks(after)
        if _ending_marks(before) != marks:
            continue
        left, right = " ".join(new[:new_start]), " ".join(new[new_end:])
        found.append(
            Exchange(
                source=revision.source,
                left=f"{left} " if left else "",
                old=before.removesuffix(marks),
                new=after.removesuffix(marks),
                right=f"{marks} {right}" if right else marks,
            )
        )
    return found


def _ending_marks(text: str) -> str:
    match = _MARKS.search(text)
    return match[0] if match else ""


def objection(exchange: Exchange, language: Language) -> str:
    """Why an exchange is not one of words for words of like meaning, told by its words alone; "" if it may be.

    Case, digits, marks: something else than words was changed, or a name. Fixed words: pronouns, numbers, negations and
    the like, which make another statement.
    """
    old, new = exchange.old.split(), exchange.new.split()
    if not (old and new and all(_is_plain(word) for word in (*old, *new))):
        return "case, digits, marks"
    if _holds(old, new) or _holds(new, old):
        return "one side holds the other"
    if SequenceMatcher(None, exchange.old, exchange.new, autojunk=False).ratio() > TYPO:
        return "typo"
    if _fixed(old, language) != _fixed(new, language):
        return "fixed words"
    return _objection_to_word(old[0], new[0], language) if len(old) == len(new) == 1 else ""


def _objection_to_word(old: str, new: str, language: Language) -> str:
    if language.same_word(old, new):
        return "forms of one word"
    opposite = language.lexicon and language.lexicon.relation(old, new) == "opposite"
    return "opposites" if opposite else ""


def _is_plain(word: str) -> bool:
    return bool(_WORD.fullmatch(word)) and word == word.lower()


def _holds(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the others are among the words, in their order."""
    left = iter(words)
    return all(word in left for word in others)


def _fixed(words: Iterable[str], language: Language) -> Counter[str]:
    return Counter(word for word in words if word in language.fixed_words)


def weighed(found: Sequence[Exchange], stop_words: Collection[str]) -> list[Exchange]:
    """Exchanges with their weights: heavier where several owners made the same one, none of one owner's own terms."""
    times = Counter((each.old, each.new) for each in found)
    owners: Mapping[tuple[str, str], set[str]] = defaultdict(set)
    for each in found:
        owners[each.old, each.new].add(each.owner)
    kept = []
    for each in dict.fromkeys(found):  # a sentence may stand in several files
        pair = each.old, each.new
        if times[pair] > TERM and len(owners[pair]) == 1:
            continue
        weight = min(HEAVIEST, 1 + log2(len(owners[pair]))) / sqrt(max(1.0, times[pair] / OFTEN))
        if all(word in stop_words for word in f"{each.old} {each.new}".split()):
            weight *= GRAMMAR
        kept.append(replace(each, weight=weight))
    return kept


def held_out(
    found: Sequence[Exchange], share: float, names: Collection[str] = ()
) -> tuple[list[Exchange], list[Exchange]]:
    """Exchanges to learn from, and about a share of them to measure on, of other owners.

    Args:
        found: all of them.
        share: of them to hold out, where no names are given: small owners first, so that there are many.
        names: owners, or sources whose owners are meant.
    """
    chosen = {name.partition("/")[0] for name in names}
    if not chosen:
        sizes = Counter(each.owner for each in found)
        budget = share * len(found)
        for owner, size in sorted(sizes.items(), key=lambda item: (item[1] > share / 4 * len(found), item[0])):
            if size <= budget:
                budget -= size
                chosen.add(owner)
    learned = [each for each in found if each.owner not in chosen]
    return learned, [each for each in found if each.owner in chosen]
