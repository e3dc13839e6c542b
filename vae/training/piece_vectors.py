"""The fixed piece vectors of a masked model, which its latents are read from: usage and meaning of each piece."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from tokenizer.protect import PLACEHOLDERS
from tokenizer.tokenizer import EOS, PAD, WORD_START
from vae.training.corpus_vectors import corpus_vectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torch import Tensor

    from tokenizer.tokenizer import Tokenizer
    from vae.models.configs import MaskedConfig

log = logging.getLogger("blogvae")

_ENCODER_LANGUAGE = "en"
"""The only language that a sentence encoder ships for."""


def reads_meaning(languages: Sequence[str]) -> bool:
    """Returns whether the meaning of pieces can be read in a corpus of these languages.

    It can if the corpus is English throughout, or if its languages are not known.
    """
    return not languages or list(languages) == [_ENCODER_LANGUAGE]


def piece_vectors(tokenizer: Tokenizer, rows: Iterable[Tensor], config: MaskedConfig) -> Tensor:
    """Returns a unit vector for each piece, (vocab, usage + meaning), and zeros for padding.

    The part for usage comes from `corpus_vectors`, the part for meaning from `meaning_vectors`. If there are both,
    they have the same length.

    Args:
        tokenizer: gives the pieces.
        rows: padded piece ids (n, length) of the corpus.
        config: gives the width of each part; a part of width 0 is left out.
    """
    parts = []
    if config.usage:
        parts.append(corpus_vectors(rows, vocab_size=tokenizer.vocab_size, width=config.usage))
    if config.meaning:
        log.info("reading what %s pieces mean", f"{tokenizer.vocab_size:,}")
        parts.append(meaning_vectors(tokenizer, config.meaning))
    length: float = len(parts) ** -0.5
    vectors = torch.cat(parts, 1) * length
    vectors[PAD] = 0.0
    return vectors


def meaning_vectors(tokenizer: Tokenizer, width: int) -> Tensor:
    """Returns a unit vector for each piece, (vocab, width).

    A sentence encoder embeds each piece as a text of its own; the vectors are the embeddings' principal components.
    """
    from vae.language.sentence_encoder import SentenceEncoder  # noqa: PLC0415  (its weights are read where needed)

    words = [piece.strip(WORD_START) or piece for piece in tokenizer.pieces]
    embeddings = SentenceEncoder.load().embed(words)
    embeddings = embeddings - embeddings.mean(0)
    pieces = embeddings[EOS + 1 :] - embeddings[EOS + 1 :].mean(0)
    _, axes = torch.linalg.eigh(pieces.T @ pieces)
    largest = axes[:, -width:].flip(1)
    # An axis has no sign of its own: each is turned so that its largest weight is positive.
    largest = largest * largest.gather(0, largest.abs().argmax(0)[None]).sign()
    return functional.normalize(functional.pad(embeddings @ largest, (0, width - largest.shape[1])), dim=1)


def word_begins(tokenizer: Tokenizer) -> Tensor:
    """Returns for each piece whether it begins a word, (vocab,); special pieces and placeholders count as words."""
    begins = torch.from_numpy(tokenizer.begins_word.copy())
    begins[: EOS + 1] = True
    placeholders = set(PLACEHOLDERS.values())
    begins |= torch.tensor([piece in placeholders for piece in tokenizer.pieces])
    return begins
