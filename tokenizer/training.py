"""SentencePiece training that gives the same model for the same sentences in any order."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from sentencepiece import SentencePieceTrainer

from tokenizer.protect import PLACEHOLDERS, PROTECTED_KINDS
from tokenizer.tokenizer import BOS, EOS, PAD, UNK, Tokenizer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MODEL_TYPES = ("unigram", "bpe")

THREADS = 4
"""Unigram training gives another vocabulary with another number of threads, so the number is fixed."""

SEEDS_PER_PIECE = 5
SHRINKING = 0.6
"""Unigram training begins with this many pieces for each that is wanted, and keeps this share of them each round.

With SentencePiece's defaults, a million and 0.75, training on 18 MB of posts costs 15 s of CPU; with these it costs 6,
and the vocabulary encodes the same posts in 0.2 % fewer pieces."""

SMALLEST_VOCABULARY = 512
"""256 byte pieces, the special and placeholder pieces, and room for letters."""

LONGEST_WORD = 4096
"""Characters: what is longer is data in disguise, and SentencePiece leaves it out by its bytes."""

_NEEDED = re.compile(r"smaller than required_chars\. \d+ vs (\d+)")


def train_tokenizer(
    sentences: Iterable[str],
    *,
    vocab_size: int,
    model_type: str = "unigram",
    protects: Collection[str] = PROTECTED_KINDS,
) -> Tokenizer:
    """Trains a model with byte fallback on sentences, or longer texts, masked for the kinds it protects.

    A text that is there twice counts once. A vocabulary larger than the texts can fill comes out smaller: compare
    `vocab_size` of the result.

    Raises:
        ValueError: no words, another model type than MODEL_TYPES, or a vocabulary below SMALLEST_VOCABULARY or without
            room for the texts' characters (but the rarest 0.05 %, spelled in bytes): it names the least that would do.
    """
    if model_type not in MODEL_TYPES:
        raise ValueError(f"there is no model type {model_type!r}: {', '.join(MODEL_TYPES)}")
    if vocab_size < SMALLEST_VOCABULARY:
        raise ValueError(f"a vocabulary of {vocab_size} is too small: at least {SMALLEST_VOCABULARY}")
    # Words with their counts are all that training looks at, and far fewer than sentences.
    counts = Counter(word for text in set(sentences) for word in text.split() if len(word) <= LONGEST_WORD)
    if not counts:
        raise ValueError("no word to train a tokenizer on")
    model = io.BytesIO()
    try:
        SentencePieceTrainer.train(
            sentence_iterator=(f"{word}\t{count}" for word, count in sorted(counts.items())),
            input_format="tsv",
            model_writer=model,
            model_type=model_type,
            vocab_size=vocab_size,
            seed_sentencepiece_size=SEEDS_PER_PIECE * vocab_size,
            shrinking_factor=SHRINKING,
            num_sub_iterations=1,
            hard_vocab_limit=False,
            byte_fallback=True,
            character_coverage=0.9995,
            normalization_rule_name="identity",
            user_defined_symbols=[placeholder for kind, placeholder in PLACEHOLDERS.items() if kind in protects],
            max_sentence_length=4 * LONGEST_WORD,
            pad_id=PAD,
            unk_id=UNK,
            bos_id=BOS,
            eos_id=EOS,
            num_threads=THREADS,
            minloglevel=2,
        )
    except RuntimeError as error:
        if needed := _NEEDED.search(str(error)):
            least = needed[1]
            raise ValueError(
                f"a vocabulary of {vocab_size} has no room for the characters of the texts: at least {least}"
            ) from error
        raise
    return Tokenizer(model.getvalue())
