"""Turns a SentencePiece model into a tokenizer of Hugging Face `tokenizers`, which the peers of `prepare` use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sentencepiece import SentencePieceProcessor

if TYPE_CHECKING:
    from pathlib import Path


def write_peer_tokenizer(model: Path, output: Path) -> Path:
    """Writes the tokenizer file of a unigram model with identity normalisation; returns its path.

    Words are split at spaces first, as Hugging Face's own converter does, so that the peer's cache of words works. Only
    normal pieces are chosen; the others get too low a score, except that bytes spell what no piece covers.
    """
    pieces = SentencePieceProcessor(model_file=str(model))
    normal = [
        not (pieces.is_control(piece) or pieces.is_unknown(piece) or pieces.is_byte(piece))
        for piece in range(len(pieces))
    ]
    spaces = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": spaces,
        "pre_tokenizer": metaspace,
        "post_processor": None,
        "decoder": metaspace,
        "model": {
            "type": "Unigram",
            "unk_id": pieces.unk_id(),
            "byte_fallback": True,
            "vocab": [
                [pieces.id_to_piece(piece), pieces.get_score(piece) if normal[piece] else -100.0]
                for piece in range(len(pieces))
            ],
        },
    }
    output.write_text(json.dumps(tokenizer), encoding="utf-8")
    return output
