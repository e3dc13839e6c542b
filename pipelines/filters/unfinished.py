from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from pipelines.filters.rule import Candidate, Judgement

_MARKS = ".!?…。！？"
_CLOSERS = "\"'”’»)]}*_`"
_OPENERS = "“‘«([{"
_OPENER_OF = dict(zip("”’»)]}", _OPENERS, strict=True))
_OPEN_AND_CLOSE_ALIKE = ('"', "'", "*", "_", "`")
_CLOSER = re.compile(r"""(["'*_`])\1*|.""")  # `**` and "```" are one mark each
_LOOSE = ",;:–—-&" + _OPENERS
_FUNCTION_WORDS = frozenset(
    """
    a an the my our your their its and or but nor if as than because although while when where which who whose what
    how of to in on at by for from with into about between is are was were be been has have can could will would
    should might must we they i
    """.split()
)
"""English words that stand inside a sentence at least three times as often as at its end (counted in blog posts).

This, that, these and those would be such words too, but a sentence that ends in one is whole.
"""

_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """Kept if the share of unfinished paragraphs is at most maximum.

    The share is taken of the paragraphs (split at blank lines) that end in terminal punctuation in the source; the one
    at the same place in the text is unfinished if it does not. C4 (Raffel et al. 2020, section 2.2) asks for a terminal
    mark on every line; compared with the source, headings and lists pass.
    """

    name: ClassVar[str] = "unfinished"
    maximum: float = 0.0

    def judge(self, candidate: Candidate) -> Judgement:
        """The verdict on paragraphs that break off."""
        pairs = zip(_paragraphs(candidate.source), _paragraphs(candidate.text), strict=False)
        finished = [_is_finished(paragraph) for of_source, paragraph in pairs if _is_finished(of_source)]
        broken_off = finished.count(False)
        share = broken_off / max(len(finished), 1)
        kept = share <= self.maximum
        reason = (
            f"{broken_off} of {len(finished)} paragraphs break off where the source's end in a full stop or its like: "
            f"the share {share:.4g} is above the maximum {self.maximum:.4g}"
        )
        return Judgement(rule=self.name, kept=kept, value=share, threshold=self.maximum, reason="" if kept else reason)


def finish(text: str, *, source: str) -> str:
    """Ends a varied segment as its source ends.

    Where the source ends in terminal punctuation and the text does not, dangling punctuation and function words are
    dropped and the source's mark is put, with its closing quote or bracket if that is still open. Any other text is
    returned as it is; "" if nothing remains.
    """
    if not _is_finished(source) or _is_finished(text):
        return text
    trimmed = _without_loose_end(text)
    if not any(character.isalnum() for character in trimmed):
        return ""
    if _is_finished(trimmed):
        return trimmed
    body, closers = _split_closers(source)
    ended = trimmed + body[len(body.rstrip(_MARKS)) :]
    for closer in _CLOSER.finditer(closers):
        if _is_open(ended, closer[0]):
            ended += closer[0]
    return ended


def _paragraphs(text: str) -> list[str]:
    return _BLANK_LINES.split(text.strip())


def _split_closers(text: str) -> tuple[str, str]:
    text = text.rstrip()
    body = text.rstrip(_CLOSERS)
    return body, text[len(body) :]


def _is_finished(text: str) -> bool:
    return _split_closers(text)[0].endswith(tuple(_MARKS))


def _without_loose_end(text: str) -> str:
    while (shorter := _less_one_loose_end(text)) != text:
        text = shorter
    return text


def _less_one_loose_end(text: str) -> str:
    stripped = text.rstrip().rstrip(_LOOSE)
    if stripped != text or not text:
        return stripped
    if text.endswith(_OPEN_AND_CLOSE_ALIKE):
        quote = text[len(text.rstrip(text[-1])) :]
        return text.removesuffix(quote) if _is_open(text, quote) else text
    word = text.rsplit(maxsplit=1)[-1].lstrip(_OPENERS + "".join(_OPEN_AND_CLOSE_ALIKE))
    return text.removesuffix(word) if word.casefold() in _FUNCTION_WORDS else text


def _is_open(text: str, closer: str) -> bool:
    opener = _OPENER_OF.get(closer, closer)
    if opener == closer:
        return text.count(closer) % 2 == 1
    return text.count(opener) > text.count(closer)
