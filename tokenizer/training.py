"""SentencePiece training that gives the same model for the same sentences in any order."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from sentencepiece import SentencePieceTrainer

from tokenizer.protect import PLACEHOLDERS
from tokenizer.tokenizer import BOS, EOS, PAD, UNK, Tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterable

THREADS = 4
"""Unigram training gives another vocabulary with another number of threads, so the number is fixed."""

SMALLEST_VOCABULARY = 512
"""256 byte pieces, the special and placeholder pieces, and room for letters."""


def train_tokenizer(sentences: Iterable[str], *, vocab_size: int) -> Tokenizer:
    """Trains a unigram model with byte fallback on masked sentences.

    A vocabulary larger than the sentences can fill comes out smaller: compare `vocab_size` of the result.

    Raises:
        ValueError: no sentence, or a vocabulary below SMALLEST_VOCABULARY.
    """
    if vocab_size < SMALLEST_VOCABULARY:
        raise ValueError(f"a vocabulary of {vocab_size} is too small: at least {SMALLEST_VOCABULARY}")
    ordered = sorted(set(sentences), key=lambda text: (hashlib.sha256(text.encode()).digest(), text))
    if not ordered:
        raise ValueError("no sentence to train a tokenizer on")
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(ordered),
        model_writer=model,
        model_type="unigram",
        vocab_size=vocab_size,
        hard_vocab_limit=False,
        byte_fallback=True,
        character_coverage=0.9995,
        normalization_rule_name="identity",
        user_defined_symbols=list(PLACEHOLDERS),
        max_sentence_length=16_384,
        pad_id=PAD,
        unk_id=UNK,
        bos_id=BOS,
        eos_id=EOS,
        num_threads=THREADS,
        minloglevel=2,
    )
    return Tokenizer(model.getvalue())
