"""Sentence ends by rule: a candidate pattern and a list of abbreviations, fast enough to run on every post."""

from __future__ import annotations

import re

from tokenizer.protect import WITH_SPACES

_CANDIDATE = re.compile(
    rf"{WITH_SPACES}|(?<![.!?…])(?P<marks>[.!?…]+)[\"'”’)\]]*\s+(?=[\"'“‘(\[`<*]*[^\W_a-z])", re.DOTALL
)
_BEFORE_WORD = re.compile(r"[\s(\[\"'“‘]")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc e.g i.e cf al no vol fig figs dept inc ltd co corp u.s u.k gov gen sen rep "
    "jan feb mar apr jun jul aug sep sept oct nov dec approx est ave blvd pp ed eds".split()
)
_LONGEST = max(map(len, _ABBREVIATIONS))


def split_sentences(text: str) -> list[str]:
    """The sentences of a one-line text; joined by single spaces they give the text back, white space folded."""
    sentences: list[str] = []
    start = 0
    for match in _CANDIDATE.finditer(text):
        marks = match["marks"]
        if marks is None or (marks == "." and _is_shortened(text, start, match.start())):
            continue
        sentences.append(text[start : match.end()].strip())
        start = match.end()
    sentences.append(text[start:].strip())
    return [sentence for sentence in sentences if sentence]


def _is_shortened(text: str, start: int, end: int) -> bool:
    """Whether the word before `end` is an abbreviation or an initial, whose full stop ends no sentence."""
    word = _BEFORE_WORD.split(text[max(start, end - _LONGEST - 1) : end])[-1]
    return (len(word) == 1 and word.isupper()) or word.lower() in _ABBREVIATIONS
