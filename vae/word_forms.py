"""Forms of English words, told by their endings."""

from __future__ import annotations

from itertools import takewhile

ENDINGS = ("ing", "ed", "ly", "s")
SHORTEST_STEM, LONGEST_ENDING = 3, 3


def inflection(word: str) -> str:
    """The ending of ENDINGS that a bare word has, "" for none."""
    return next((end for end in ENDINGS if word.endswith(end) and len(word) > len(end) + 2 and word[-2:] != "ss"), "")


def same_stem(first: str, second: str) -> bool:
    """Whether two bare words are mostly forms of one: "makes" and "making", but also "state" and "station"."""
    stem = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))))
    return stem >= SHORTEST_STEM and max(len(first), len(second)) - stem <= LONGEST_ENDING
