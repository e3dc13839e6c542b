"""Texts cut at sentence ends into segments of at most `max_len` pieces, and exactly joined again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from tokenizer.protect import Protected, count_spans, protect, unprotect
from tokenizer.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizer.tokenizer import Tokenizer


@dataclass(frozen=True)
class Segment:
    """A run of sentences, masked, and its piece ids (without eos, so at most max_len - 1).

    `ids` is empty for a single word too long for a segment: it is kept, never varied.
    """

    protected: Protected
    ids: tuple[int, ...]

    @property
    def text(self) -> str:
        """The text as the source has it."""
        return unprotect(self.protected)


def cut(texts: Sequence[str], *, tokenizer: Tokenizer, max_len: int) -> list[list[Segment]]:
    """The segments of each one-line text; `" ".join(s.text for s in segments)` is the text.

    Sentences are packed greedily. One longer than a segment is cut between words.
    """
    limit = max_len - 1
    sentences = [split_sentences(text) for text in texts]
    encoded = iter(_encode([protect(sentence) for row in sentences for sentence in row], tokenizer))
    return [_pack([part for _ in row for part in _parts(next(encoded), tokenizer, limit)], limit) for row in sentences]


def _encode(texts: list[Protected], tokenizer: Tokenizer) -> list[Segment]:
    ids = tokenizer.encode([text.masked for text in texts])
    return [Segment(text, tuple(row)) for text, row in zip(texts, ids, strict=True)]


def _parts(sentence: Segment, tokenizer: Tokenizer, limit: int) -> list[Segment]:
    if len(sentence.ids) <= limit:
        return [sentence]
    spans = iter(sentence.protected.spans)
    words = [Protected(word, tuple(islice(spans, count_spans(word)))) for word in sentence.protected.masked.split()]
    return _encode(words, tokenizer)


def _pack(parts: list[Segment], limit: int) -> list[Segment]:
    segments: list[Segment] = []
    waiting: list[Segment] = []
    for part in parts:
        if waiting and sum(len(each.ids) for each in waiting) + len(part.ids) > limit:
            segments.append(_join(waiting))
            waiting = []
        if len(part.ids) > limit:
            segments.append(Segment(part.protected, ()))
        else:
            waiting.append(part)
    return [*segments, _join(waiting)] if waiting else segments


def _join(parts: list[Segment]) -> Segment:
    # Pieces never cross white space, so the ids of the whole are the ids of its words in a row.
    return Segment(
        Protected(
            " ".join(part.protected.masked for part in parts),
            tuple(span for part in parts for span in part.protected.spans),
        ),
        tuple(piece for part in parts for piece in part.ids),
    )
