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
_ENDED = re.compile(r"[.!?]$")
_RARELY = 1 / 8
"""A word is an inner word if it ends a sentence at most an eighth as often as the average word."""

_FEWEST = 20
"""Fewest uses for a reliable share: the average word ends a sentence in one of 18 uses."""


def inner_words(sentences: Iterable[str], stop_words: frozenset[str]) -> list[str]:
    """Returns the stop words that rarely end a sentence, sorted. Lines without a final ".", "!" or "?" do not count."""
    uses, ends = Counter[str](), Counter[str]()
    for sentence in sentences:
        words = _WORD.findall(sentence.lower().replace("’", "'"))
        if words and _ENDED.search(sentence):
            uses.update(words)
            ends[words[-1]] += 1
    average = ends.total() / uses.total()
    return sorted(word for word in stop_words if uses[word] >= _FEWEST and ends[word] <= _RARELY * average * uses[word])


def main() -> None:
    """Writes the inner words of a file of revisions, one word a line; old and new sentences count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revisions", type=Path, help="JSON lines with old and new, compressed with xz")
    parser.add_argument("output", type=Path, help="inner-words.txt to write")
    args = parser.parse_args()
    with lzma.open(args.revisions, "rt", encoding="utf-8") as lines:
        sentences = {row[side] for row in map(json.loads, lines) for side in ("old", "new")}
    words = inner_words(sentences, language("en").stop_words)
    args.output.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")


if __name__ == "__main__":
    main()
