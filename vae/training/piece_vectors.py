"""The vectors that a masked model reads latents off: how its pieces are used, and what they mean."""

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

_READ_LANGUAGE = "en"
"""The language of which a sentence encoder ships that can say what a word means."""


def reads_meaning(languages: Sequence[str]) -> bool:
    """Whether pieces of a corpus in these languages can be read; where none is known, the settings are believed."""
    return not languages or list(languages) == [_READ_LANGUAGE]


def piece_vectors(tokenizer: Tokenizer, rows: Iterable[Tensor], config: MaskedConfig) -> Tensor:
    """Vectors (vocab, usage + meaning) of length 1, each part as long as the other; zeros for padding.

    Args:
        tokenizer: whose pieces they are of.
        rows: piece ids (n, length) of the corpus, padded.
        config: how many numbers of usage and meaning there are.
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
    """Unit vectors (vocab, width): principal components of a sentence encoder's reading of each piece alone."""
    from vae.language.sentence_encoder import SentenceEncoder  # noqa: PLC0415  (its weights are read where needed)

    words = [piece.strip(WORD_START) or piece for piece in tokenizer.pieces]
    read = SentenceEncoder.load().embed(words)
    read = read - read.mean(0)
    pieces = read[EOS + 1 :] - read[EOS + 1 :].mean(0)
    _, axes = torch.linalg.eigh(pieces.T @ pieces)
    largest = axes[:, -width:].flip(1)
    largest = largest * largest.gather(0, largest.abs().argmax(0)[None]).sign()  # one direction, whatever the library
    return functional.normalize(functional.pad(read @ largest, (0, width - largest.shape[1])), dim=1)


def word_begins(tokenizer: Tokenizer) -> Tensor:
    """Of each piece whether a word begins with it, (vocab,); special pieces and placeholders stand for themselves."""
    begins = torch.from_numpy(tokenizer.begins_word.copy())
    begins[: EOS + 1] = True
    placeholders = set(PLACEHOLDERS.values())
    begins |= torch.tensor([piece in placeholders for piece in tokenizer.pieces])
    return begins
