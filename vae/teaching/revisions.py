"""Reads sentences before and after their authors reworded them, and finds the exchanges of words in them."""

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
"""A pair with more edits was rewritten and not only reworded."""

TYPO = 0.85
"""Two spans more alike than this (ratio of matching characters) differ by a typing mistake."""

TERM = 6
"""An exchange that only one owner made, more often than this, replaces a term of that owner and is left out."""

OFTEN = 12
"""An exchange that occurs more often than this weighs less at each place."""

HEAVIEST = 3.0
"""The greatest weight of an exchange that several owners made."""

GRAMMAR = 0.35
"""Factor on the weight of an exchange between stop words: there are many of these, and they teach the least."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MARKS = re.compile(r"[^\w\s]*$")


class Revision(NamedTuple):
    """A sentence before and after its author changed it, and the repository it comes from ("owner/repository")."""

    source: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A span of words that an author replaced: `old` became `new`.

    `left` and `right` are the rest of the sentence, in its new version; `right` begins with the mark or space that
    follows the span. `weight` says how often to learn from the exchange, relative to others.
    """

    source: str
    left: str
    old: str
    new: str
    right: str
    weight: float = 1.0

    @property
    def owner(self) -> str:
        """The owner of the repository; repositories of one owner may share texts."""
        return self.source.partition("/")[0]

    @property
    def old_text(self) -> str:
        """The new sentence with the old words put back."""
        return f"{self.left}{self.old}{self.right}"

    @property
    def new_text(self) -> str:
        """The new sentence."""
        return f"{self.left}{self.new}{self.right}"


def open_text(path: Path) -> IO[str]:
    """Opens a text file, unpacking .xz and .gz; raises UserError where it cannot be opened."""
    try:
        if path.suffix == ".xz":
            return lzma.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz":
            return gzip.open(path, "rt", encoding="utf-8")
        return path.open(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from error


def read_revisions(path: Path) -> Iterator[Revision]:
    """Yields the revisions with at most MOST_EDITS edits from JSON lines with `source`, `old`, `new` and `edits`.

    Raises:
        UserError: a line lacks one of the first three.
    """
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                revision = Revision(row["source"], row["old"], row["new"])
            except (ValueError, KeyError, TypeError) as error:
                raise UserError(f"{path}, line {number}: no JSON with source, old and new") from error
            if len(row.get("edits", ())) <= MOST_EDITS:
                yield revision


def exchanges(revision: Revision) -> list[Exchange]:
    """Returns one exchange for each span of words that was replaced; skips insertions and deletions.

    Marks that end both spans are not part of the exchange; spans that end in different marks are skipped.
    """
    old, new = revision.old.split(), revision.new.split()
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    exchanged = []
    for kind, start, end, new_start, new_end in changes:
        if kind != "replace":
            continue
        before, after = " ".join(old[start:end]), " ".join(new[new_start:new_end])
        marks = _ending_marks(after)
        if _ending_marks(before) != marks:
            continue
        left, right = " ".join(new[:new_start]), " ".join(new[new_end:])
        exchanged.append(
            Exchange(
                source=revision.source,
                left=f"{left} " if left else "",
                old=before.removesuffix(marks),
                new=after.removesuffix(marks),
                right=f"{marks} {right}" if right else marks,
            )
        )
    return exchanged


def _ending_marks(text: str) -> str:
    match = _MARKS.search(text)
    return match[0] if match else ""


def objection(exchange: Exchange, language: Language) -> str:
    """Returns why an exchange cannot keep the meaning, judged by its words alone; "" if it may.

    "case, digits, marks": more than plain words was changed, or a name. "fixed words": pronouns, numbers, negations and
    the like differ, which makes another statement.
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
    """Returns whether the words contain all the others, in the same order."""
    remaining = iter(words)
    return all(word in remaining for word in others)


def _fixed(words: Iterable[str], language: Language) -> Counter[str]:
    return Counter(word for word in words if word in language.fixed_words)


def weighed(all_exchanges: Sequence[Exchange], stop_words: Collection[str]) -> list[Exchange]:
    """Returns the exchanges once each, with their weights, and without terms of a single owner.

    An exchange that several owners made weighs more, one between stop words less.
    """
    times = Counter((each.old, each.new) for each in all_exchanges)
    owners: Mapping[tuple[str, str], set[str]] = defaultdict(set)
    for each in all_exchanges:
        owners[each.old, each.new].add(each.owner)
    kept = []
    for each in dict.fromkeys(all_exchanges):  # the same sentence may be in several files
        pair = each.old, each.new
        if times[pair] > TERM and len(owners[pair]) == 1:
            continue
        weight = min(HEAVIEST, 1 + log2(len(owners[pair]))) / sqrt(max(1.0, times[pair] / OFTEN))
        if all(word in stop_words for word in f"{each.old} {each.new}".split()):
            weight *= GRAMMAR
        kept.append(replace(each, weight=weight))
    return kept


def held_out(
    all_exchanges: Sequence[Exchange], share: float, names: Collection[str] = ()
) -> tuple[list[Exchange], list[Exchange]]:
    """Splits exchanges by owner into those to learn from and those to measure on.

    Args:
        all_exchanges: all exchanges.
        share: of the exchanges to hold out at most, where no `names` are given; small owners go first, so that many
            owners are measured on.
        names: owners to hold out, or repositories ("owner/repository") whose owners to hold out.
    """
    chosen = {name.partition("/")[0] for name in names}
    if not chosen:
        sizes = Counter(each.owner for each in all_exchanges)
        budget = share * len(all_exchanges)
        for owner, size in sorted(sizes.items(), key=lambda item: (item[1] > share / 4 * len(all_exchanges), item[0])):
            if size <= budget:
                budget -= size
                chosen.add(owner)
    learned = [each for each in all_exchanges if each.owner not in chosen]
    return learned, [each for each in all_exchanges if each.owner in chosen]
