from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from pipelines.filters.default_thresholds import default_threshold
from pipelines.filters.rule import within
from vae.language.language import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.filters.rule import Candidate, Judgement
    from vae.text_vae import TextVAE

_MARKS = ".!?…。！？"
_CLOSERS = "\"'”’»)]}*_`"
_OPENERS = "“‘«([{"
_OPENER_OF = dict(zip("”’»)]}", _OPENERS, strict=True))
_OPEN_AND_CLOSE_ALIKE = ('"', "'", "*", "_", "`")
_CLOSER = re.compile(r"""(["'*_`])\1*|.""")  # `**` and "```" are one mark each
_LOOSE = ",;:–—-&" + _OPENERS
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """Kept if the share of unfinished paragraphs is at most maximum.

    Only paragraphs (split at blank lines) that end in terminal punctuation in the source are counted; the paragraph at
    the same place in the text is unfinished if it does not end so. C4 (Raffel et al. 2020, section 2.2) asks for a
    terminal mark on every line; the comparison with the source lets headings and lists pass.
    """

    name: ClassVar[str] = "unfinished"
    maximum: float = default_threshold("unfinished", "maximum")

    def measure(self, candidates: Sequence[Candidate], _model: TextVAE) -> list[float | None]:
        """The share of counted paragraphs that break off, 0 to 1."""
        return [_broken_off(candidate) for candidate in candidates]

    def verdict(self, value: float) -> Judgement:
        """Keeps a text with at most this share of broken-off paragraphs."""
        what = "share of paragraphs that break off where the source's end in a full stop or its like"
        return within(self.name, value, what=what, maximum=self.maximum)


def end_like_source(text: str, *, source: str, code: str = "") -> str:
    """Ends a varied segment as its source ends, if it breaks off.

    A text breaks off if its source ends in terminal punctuation and it does not. Punctuation and words that hardly ever
    end a sentence are dropped from its end; then the source's mark is added, and its closing quote or bracket if that
    is still open. Any other text is returned unchanged, and "" where nothing remains.

    Args:
        text: the varied segment.
        source: the segment before it was varied.
        code: the post's language; no words are dropped in a language whose sentence ends nobody has counted.
    """
    if not _is_finished(source) or _is_finished(text):
        return text
    trimmed = _without_loose_end(text, language(code).inner_words)
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


def _broken_off(candidate: Candidate) -> float:
    pairs = zip(_paragraphs_finished(candidate.source), _paragraphs_finished(candidate.text), strict=False)
    finished = [is_finished for source_is, is_finished in pairs if source_is]
    return finished.count(False) / max(len(finished), 1)


@lru_cache(maxsize=16)  # one source has many variations
def _paragraphs_finished(text: str) -> list[bool]:
    return [_is_finished(paragraph) for paragraph in _BLANK_LINES.split(text.strip())]


def _split_closers(text: str) -> tuple[str, str]:
    text = text.rstrip()
    body = text.rstrip(_CLOSERS)
    return body, text[len(body) :]


def _is_finished(text: str) -> bool:
    return _split_closers(text)[0].endswith(tuple(_MARKS))


def _without_loose_end(text: str, inner_words: frozenset[str]) -> str:
    while (shorter := _less_one_loose_end(text, inner_words)) != text:
        text = shorter
    return text


def _less_one_loose_end(text: str, inner_words: frozenset[str]) -> str:
    stripped = text.rstrip().rstrip(_LOOSE)
    if stripped != text or not text:
        return stripped
    if text.endswith(_OPEN_AND_CLOSE_ALIKE):
        quote = text[len(text.rstrip(text[-1])) :]
        return text.removesuffix(quote) if _is_open(text, quote) else text
    word = text.rsplit(maxsplit=1)[-1].lstrip(_OPENERS + "".join(_OPEN_AND_CLOSE_ALIKE))
    return text.removesuffix(word) if word.casefold() in inner_words else text


def _is_open(text: str, closer: str) -> bool:
    opener = _OPENER_OF.get(closer, closer)
    if opener == closer:
        return text.count(closer) % 2 == 1
    return text.count(opener) > text.count(closer)
