"""Collects stop words that hardly ever end a sentence: python -m vae.collect.inner_words REVISIONS OUTPUT."""

from __future__ import annotations

import argparse
import json
import lzma
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from vae.language.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
ENDED = re.compile(r"[.!?]$")
RARELY = 1 / 8
"""A word is an inner one if a sentence ends in it at most an eighth as often as in an average word."""

_FEWEST = 20
"""Uses from which a share is worth trusting: of an average word one in 18 ends a sentence."""


def inner_words(sentences: Iterable[str], stop_words: frozenset[str]) -> list[str]:
    """Stop words that sentences rarely end in, sorted; what ends in no full stop or its like is not counted."""
    uses, ends = Counter[str](), Counter[str]()
    for sentence in sentences:
        words = _WORD.findall(sentence.lower().replace("’", "'"))
        if words and ENDED.search(sentence):
            uses.update(words)
            ends[words[-1]] += 1
    average = ends.total() / uses.total()
    return sorted(word for word in stop_words if uses[word] >= _FEWEST and ends[word] <= RARELY * average * uses[word])


def main() -> None:
    """Writes one word a line, of the old and new sentences of a file of revisions (JSON lines, xz)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revisions", type=Path)
    parser.add_argument("output", type=Path, help="inner-words.txt")
    args = parser.parse_args()
    with lzma.open(args.revisions, "rt", encoding="utf-8") as lines:
        sentences = {row[side] for row in map(json.loads, lines) for side in ("old", "new")}
    words = inner_words(sentences, language("en").stop_words)
    args.output.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")


if __name__ == "__main__":
    main()
