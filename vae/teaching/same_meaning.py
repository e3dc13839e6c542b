"""Decides by vectors of words and of sentences which exchanges of words keep the meaning of a sentence."""

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
"""Least cosine of the mean vectors of old and new pieces: of use and meaning together, and of meaning alone."""

SAME, NEARLY, LIKE = 0.92, 0.87, 0.5
"""Least cosine of the passages before and after; NEARLY suffices if that of the words' meanings is LIKE."""

WORDS = 14
"""Words of a passage on each side of the exchange."""


def vector_cosines(example: Example, vectors: Tensor, usage: int) -> tuple[float, float]:
    """Returns two cosines between the mean vectors of the old and the new pieces: of use and meaning, of meaning alone.

    `vectors` is (vocab, usage + meaning); without numbers of meaning the second cosine equals the first.
    """
    places = slice(example.first, example.first + len(example.wanted))
    old, new = vectors[list(example.source[places])], vectors[list(example.ids[places])]
    whole = _cosine_of_means(old, new)
    return whole, _cosine_of_means(old[:, usage:], new[:, usage:]) if usage < vectors.shape[1] else whole


def _cosine_of_means(old: Tensor, new: Tensor) -> float:
    first, second = (functional.normalize(each, dim=1).mean(0) for each in (old, new))
    return float(functional.cosine_similarity(first, second, dim=0))


def far_apart(cosines: tuple[float, float]) -> bool:
    """Returns whether words with these `vector_cosines` have nothing to do with each other."""
    return cosines[0] < _NEAR or cosines[1] < NEAR_MEANING


def say_the_same(candidates: Sequence[Exchange], meanings: Sequence[float], encoder: SentenceEncoder) -> list[bool]:
    """Returns for each exchange whether the passage means the same before and after it.

    Args:
        candidates: n exchanges.
        meanings: cosines of the meanings of their words, (n,).
        encoder: gives the vectors of the passages.
    """
    texts = sorted({text for each in candidates for text in passages(each)})
    vector_of = dict(zip(texts, encoder.embed(texts), strict=True))
    cosines = [float(vector_of[old] @ vector_of[new]) for old, new in map(passages, candidates)]
    return [
        cosine >= SAME or (cosine >= NEARLY and meaning >= LIKE)
        for cosine, meaning in zip(cosines, meanings, strict=True)
    ]


def passages(exchange: Exchange) -> tuple[str, str]:
    """Returns the words around an exchange, with the old span and with the new one."""
    left = " ".join(exchange.left.split()[-WORDS:])
    marks, _, words = exchange.right.partition(" ")
    right = f"{marks} {' '.join(words.split()[:WORDS])}".rstrip()
    start = f"{left} " if left else ""
    return f"{start}{exchange.old}{right}", f"{start}{exchange.new}{right}"
