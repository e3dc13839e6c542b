"""Splits texts into sentences by rules: the marks at the end of a word, the next word, and a list of abbreviations."""

from __future__ import annotations

import re
from itertools import pairwise

from tokenizer.protect import CODE_SPAN, LINK_TARGET, split_words

_MARKS, _CLOSERS = ".!?…", "\"'”’)]"
_LAST = frozenset(_MARKS + _CLOSERS)
_END = re.compile(rf"(?<![{_MARKS}])(?P<marks>[{_MARKS}]+)[{re.escape(_CLOSERS)}]*\Z")
_BEGIN = re.compile(r"[\"'“‘(\[`<*]*[^\W_a-z]")
_NOT_PROSE = re.compile(f"{CODE_SPAN}|{LINK_TARGET}", re.DOTALL)
_BEFORE_WORD = re.compile(r"[\s(\[\"'“‘]")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc e.g i.e cf al no vol fig figs dept inc ltd co corp u.s u.k gov gen sen rep "
    "jan feb mar apr jun jul aug sep sept oct nov dec approx est ave blvd pp ed eds".split()
)
_LONGEST = max(map(len, _ABBREVIATIONS))


def split_sentences(text: str) -> list[str]:
    """Returns the sentences of a text with white space folded; joined by spaces they are the folded text."""
    words = split_words(text)
    starts = [0]
    for place, (word, following) in enumerate(pairwise(words), 1):
        if ends_sentence(word) and begins_sentence(following):
            starts.append(place)
    return [" ".join(words[start:end]) for start, end in pairwise([*starts, len(words)]) if start < end]


def ends_sentence(word: str) -> bool:
    """Whether a sentence may end at this word; it does where the next word begins one."""
    if word[-1] not in _LAST:
        return False
    prose = _NOT_PROSE.sub("_", word)
    match = _END.search(prose)
    return match is not None and not (match["marks"] == "." and _is_abbreviated(prose[: match.start()]))


def begins_sentence(word: str) -> bool:
    """Whether a sentence may begin with this word.

    It may where its first character after opening quotes and brackets is a digit, or any letter but a small a to z.
    """
    return _BEGIN.match(word) is not None


def _is_abbreviated(text: str) -> bool:
    """Whether the last word of a text is an abbreviation or an initial, whose full stop ends no sentence."""
    word = _BEFORE_WORD.split(text[-_LONGEST - 1 :])[-1]
    return (len(word) == 1 and word.isupper()) or word.lower() in _ABBREVIATIONS
