"""Which exchanges of words leave what a sentence says as it was, told by vectors of words and of sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from vae.language.sentence_encoder import SentenceEncoder
    from vae.teaching.infilling import Example
    from vae.teaching.revisions import Exchange

_NEAR, NEAR_MEANING = 0.35, 0.2
"""Least cosines of the mean vectors of old and new pieces: of use and meaning together, of meaning alone."""

SAME, NEARLY, LIKE = 0.92, 0.87, 0.5
"""Least cosine of the passages before and after; the lower one where the meanings of the words are as near as LIKE."""

WORDS = 14
"""Words on each side of the exchange that the passages hold."""


def vector_cosines(example: Example, vectors: Tensor, usage: int) -> tuple[float, float]:
    """Of the means of the old and the new pieces' vectors (vocab, usage + meaning): the cosine of all, of meaning.

    Without numbers of meaning the second is the first.
    """
    places = slice(example.first, example.first + len(example.wanted))
    old, new = vectors[list(example.source[places])], vectors[list(example.ids[places])]
    of_all = _cosine_of_means(old, new)
    return of_all, _cosine_of_means(old[:, usage:], new[:, usage:]) if usage < vectors.shape[1] else of_all


def _cosine_of_means(old: Tensor, new: Tensor) -> float:
    first, second = (functional.normalize(each, dim=1).mean(0) for each in (old, new))
    return float(functional.cosine_similarity(first, second, dim=0))


def far_apart(cosines: tuple[float, float]) -> bool:
    """Whether words of these cosines have nothing to do with each other."""
    return cosines[0] < _NEAR or cosines[1] < NEAR_MEANING


def say_the_same(found: Sequence[Exchange], meanings: Sequence[float], encoder: SentenceEncoder) -> list[bool]:
    """Of each exchange whether a reader of the passage before and after takes them for the same.

    Args:
        found: n exchanges.
        meanings: cosines of the meanings of their words, (n,).
        encoder: reads the passages.
    """
    texts = sorted({text for each in found for text in passages(each)})
    vector_of = dict(zip(texts, encoder.embed(texts), strict=True))
    cosines = [float(vector_of[old] @ vector_of[new]) for old, new in map(passages, found)]
    return [
        cosine >= SAME or (cosine >= NEARLY and meaning >= LIKE)
        for cosine, meaning in zip(cosines, meanings, strict=True)
    ]


def passages(exchange: Exchange) -> tuple[str, str]:
    """The words about an exchange, before and after it."""
    left = " ".join(exchange.left.split()[-WORDS:])
    marks, _, words = exchange.right.partition(" ")
    right = f"{marks} {' '.join(words.split()[:WORDS])}".rstrip()
    start = f"{left} " if left else ""
    return f"{start}{exchange.old}{right}", f"{start}{exchange.new}{right}"
