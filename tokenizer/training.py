"""Trains SentencePiece so that the same sentences give the same model, whatever their order."""

from __future__ import annotations

import io
import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from sentencepiece import SentencePieceTrainer

from tokenizer.protect import PLACEHOLDERS, PROTECTED_KINDS
from tokenizer.tokenizer import BOS, EOS, PAD, UNK, Tokenizer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MODEL_TYPES = ("unigram", "bpe")

THREADS = 4
"""Threads of the training. The number is fixed, since unigram training depends on it."""

SEEDS_PER_PIECE = 5
SHRINKING = 0.6
"""Unigram training begins with this many pieces for each that is wanted, and keeps this share of them each round.

With SentencePiece's defaults, a million and 0.75, training on 18 MB of posts costs 15 s of CPU; with these it costs 6,
and the vocabulary encodes the same posts in 0.2 % fewer pieces."""

SMALLEST_VOCABULARY = 512
"""Holds 256 byte pieces, the special pieces and the placeholders, and has room for letters."""

LONGEST_WORD = 4096
"""Characters of the longest word that is trained on. Longer ones are data, not words, and SentencePiece would skip a
line with so many bytes."""

_NEEDED = re.compile(r"smaller than required_chars\. \d+ vs (\d+)")


def train_tokenizer(
    sentences: Iterable[str],
    *,
    vocab_size: int,
    model_type: str = "unigram",
    protects: Collection[str] = PROTECTED_KINDS,
) -> Tokenizer:
    """Trains a tokenizer with byte fallback.

    Args:
        sentences: sentences or longer texts, in which placeholders stand for the spans of the kinds in `protects`;
            equal ones count once.
        vocab_size: pieces of the vocabulary. Where the texts have fewer pieces, the vocabulary is smaller.
        model_type: one of MODEL_TYPES.
        protects: the kinds of spans whose placeholders become pieces.

    Raises:
        ValueError: there are no words, the model type is unknown, or the vocabulary is too small: it is below
            SMALLEST_VOCABULARY, or has no room for the characters of the texts but the rarest 0.05 %, which are spelled
            in bytes. The message then names the smallest possible size.
    """
    if model_type not in MODEL_TYPES:
        raise ValueError(f"there is no model type {model_type!r}: {', '.join(MODEL_TYPES)}")
    if vocab_size < SMALLEST_VOCABULARY:
        raise ValueError(f"a vocabulary of {vocab_size} is too small: at least {SMALLEST_VOCABULARY}")
    # Training reads only words and their counts, and there are far fewer words than sentences.
    counts = Counter(chain.from_iterable(map(str.split, set(sentences))))
    for word in [word for word in counts if len(word) > LONGEST_WORD]:
        del counts[word]
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
