"""Counts which words open a part of a sentence that may stand first, and around which words authors exchange two parts.

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
"""Kinds of words with which a clause often begins: behind a comma they tell that what stands before was put first."""

_LONGEST = 14
"""Words of a part that was put first, at most."""

_FEWEST, LEAST = 5, 0.2
"""How often a word opened such a part, and of how many of the sentences that it begins."""

_FEWEST_SWAPS = 3
"""How often authors exchanged what stands before and behind a word."""

_MARKS = re.compile(r"^\W+|\W+$")


def moving(sentences: Iterable[str], revisions: Iterable[Mapping[str, str]]) -> dict[str, Moving]:
    """By word, sorted, how it is met where parts are put first or exchanged; without words that hardly are."""
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
    found = {
        word: Moving(fronted[word], begins[word], inside[word], swapped[word]) for word in begins | inside | swapped
    }
    return {
        word: each
        for word, each in sorted(found.items())
        if (each.fronted >= _FEWEST and each.rate >= LEAST) or each.swapped >= _FEWEST_SWAPS
    }


def swapped_around(old: str, new: str) -> str:
    """The word around which two runs of words changed places, all else being the same; "" for another change."""
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
    return [word for each in text.split() if (word := _bare(each))]


def _bare(word: str) -> str:
    return _MARKS.sub("", word).lower().replace("’", "'")


def moving_text(found: Mapping[str, Moving]) -> str:
    """The table's text: a line that names the columns, then a line a word."""
    rows = ("\t".join(map(str, (word, *each))) for word, each in found.items())
    return "".join(f"{line}\n" for line in (MOVING_COLUMNS, *rows))


def main() -> None:
    """Writes the table of English; the same revisions give the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revisions", type=Path, help="JSON lines with old, new and source, xz")
    parser.add_argument("output", type=Path, help="moving.tsv")
    args = parser.parse_args()
    with lzma.open(args.revisions, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    sentences = {row[side] for row in rows for side in ("old", "new")}
    args.output.write_text(moving_text(moving(sentences, rows)), encoding="utf-8")


if __name__ == "__main__":
    main()
