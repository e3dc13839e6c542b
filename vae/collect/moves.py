"""Counts which words open a part that may be put first, and around which words authors swap two parts of a sentence.

python -m vae.collect.moves REVISIONS OUTPUT
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from vae.language.language import language
from vae.language.moving import MOVING_COLUMNS, Moving

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SUBJECTS = frozenset({"pronoun", "determiner"})
"""Kinds of words that often begin a clause: after a comma, they show that the part before it was put first."""

_LONGEST = 14
"""The most words of a part that was put first."""

_FEWEST, LEAST = 5, 0.2
"""How many parts put first a word must open, and in which share of the sentences that begin with it."""

_FEWEST_SWAPS = 3
"""How many times authors must have swapped the parts before and after a word."""

_MARKS = re.compile(r"^\W+|\W+$")


def moving(sentences: Iterable[str], revisions: Iterable[Mapping[str, str]]) -> dict[str, Moving]:
    """Returns the counts, sorted by word, of words that open parts put first or around which parts are swapped."""
    subjects = {word for word, kind in language("en").kinds.items() if kind in _SUBJECTS}
    begins, fronted, inside = Counter[str](), Counter[str](), Counter[str]()
    for sentence in sentences:
        words = sentence.split()
        if not words or not words[0][0].isupper():
            continue
        plain = [_bare(word) for word in words]
        begins[plain[0]] += 1
        inside.update(word for word, before in zip(plain[1:], words, strict=False) if before[-1].isalnum())
        comma = next((place for place, word in enumerate(words) if word.endswith(",")), len(words))
        if 1 <= comma <= _LONGEST and comma + 1 < len(words) and plain[comma + 1] in subjects:
            fronted[plain[0]] += 1
    swapped = Counter(word for row in revisions if (word := swapped_around(row["old"], row["new"])))
    counts = {
        word: Moving(fronted[word], begins[word], inside[word], swapped[word]) for word in begins | inside | swapped
    }
    return {
        word: moves
        for word, moves in sorted(counts.items())
        if (moves.fronted >= _FEWEST and moves.rate >= LEAST) or moves.swapped >= _FEWEST_SWAPS
    }


def swapped_around(old: str, new: str) -> str:
    """Returns the word around which two runs of words changed places; "" if anything else changed or nothing did."""
    first, second = (_plain(text) for text in (old, new))
    if first == second or sorted(first) != sorted(second):
        return ""
    start = next(place for place in range(len(first)) if first[place] != second[place])
    end = next(place for place in range(len(first), 0, -1) if first[place - 1] != second[place - 1])
    was, now = first[start:end], second[start:end]
    for place in range(1, len(was) - 1):
        if [*was[place + 1 :], was[place], *was[:place]] == now:
            return was[place]
    return ""


def _plain(text: str) -> Sequence[str]:
    """Returns the words of a text in lower case, without punctuation marks around them."""
    return [bare for word in text.split() if (bare := _bare(word))]


def _bare(word: str) -> str:
    return _MARKS.sub("", word).lower().replace("’", "'")


def moving_text(table: Mapping[str, Moving]) -> str:
    """Returns the text of the table: a line of column names, then a line for each word."""
    rows = ("\t".join(map(str, (word, *counts))) for word, counts in table.items())
    return "".join(f"{line}\n" for line in (MOVING_COLUMNS, *rows))


def main() -> None:
    """Writes the table of English; the same revisions give the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revisions", type=Path, help="JSON lines with old, new and source, compressed with xz")
    parser.add_argument("output", type=Path, help="moving.tsv to write")
    args = parser.parse_args()
    with lzma.open(args.revisions, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    sentences = {row[side] for row in rows for side in ("old", "new")}
    args.output.write_text(moving_text(moving(sentences, rows)), encoding="utf-8")


if __name__ == "__main__":
    main()
