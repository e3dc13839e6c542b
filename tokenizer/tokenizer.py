"""The tokenizer: a SentencePiece model that encodes masked texts to piece ids and decodes them."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sentencepiece import SentencePieceProcessor

from tokenizer.protect import PLACEHOLDERS, protect
from tokenizer.word_table import WordTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tokenizer.protect import Protected

PAD, UNK, BOS, EOS = 0, 1, 2, 3

WORD_START = "\u2581"
"""The sign that SentencePiece writes for the space before a word."""


class Tokenizer:
    """A SentencePiece model whose special ids are pad 0, unk 1, bos 2 and eos 3.

    Attributes:
        model: the serialized SentencePiece model.
        sha256: its hash.
        protects: the kinds of spans whose placeholders are pieces of the vocabulary; only these are masked.
        words: the pieces of words, looked up.
    """

    def __init__(self, model: bytes) -> None:
        """Reads a serialized SentencePiece model.

        Raises:
            ValueError: the bytes are no SentencePiece model, or its special ids are others.
        """
        self.model = model
        self.sha256 = hashlib.sha256(model).hexdigest()
        try:
            self._processor = SentencePieceProcessor.from_proto(model)
        except RuntimeError as error:
            raise ValueError(f"not a SentencePiece model: {error}") from error
        processor = self._processor
        special = (processor.pad_id(), processor.unk_id(), processor.bos_id(), processor.eos_id())
        if special != (PAD, UNK, BOS, EOS):
            raise ValueError(f"special ids pad, unk, bos, eos are {special}, expected {(PAD, UNK, BOS, EOS)}")
        self.protects = frozenset(kind for kind, placeholder in PLACEHOLDERS.items() if self._is_symbol(placeholder))
        self.words = WordTable(self)

    @classmethod
    def load(cls, path: str | Path) -> Tokenizer:
        """Reads a `.model` file.

        Raises:
            OSError: the file cannot be read.
            ValueError: it holds no SentencePiece model, or one with other special ids.
        """
        return cls(Path(path).read_bytes())

    def __reduce__(self) -> tuple[type[Tokenizer], tuple[bytes]]:
        return Tokenizer, (self.model,)

    @property
    def vocab_size(self) -> int:
        """The number of pieces, special ones included."""
        return int(self._processor.get_piece_size())

    def vocabulary(self) -> str:
        """Returns each piece and its log probability on a line, in the format of SentencePiece's `.vocab` files."""
        processor = self._processor
        return "".join(f"{processor.id_to_piece(i)}\t{processor.get_score(i):g}\n" for i in range(self.vocab_size))

    @cached_property
    def unknown(self) -> NDArray[np.bool_]:
        """Whether each piece is the unknown piece, (vocab,)."""
        flags: NDArray[np.bool_] = np.arange(self.vocab_size) == UNK
        return flags

    @cached_property
    def byte_starts(self) -> NDArray[np.bool_]:
        """Whether each piece is a byte that begins a character in UTF-8, (vocab,)."""
        are_bytes = self._processor.is_byte(list(range(self.vocab_size)))
        return np.array(
            [
                is_byte and not 0x80 <= int(piece[3:5], 16) < 0xC0
                for piece, is_byte in zip(self.pieces, are_bytes, strict=True)
            ]
        )

    @cached_property
    def pieces(self) -> list[str]:
        """The text of each piece, with WORD_START for a space."""
        pieces: list[str] = self._processor.id_to_piece(list(range(self.vocab_size)))
        return pieces

    @cached_property
    def begins_word(self) -> NDArray[np.bool_]:
        """Whether each piece begins a word, (vocab,); a piece that consists of spaces does not."""
        return np.array([piece.startswith(WORD_START) and piece.strip(WORD_START) != "" for piece in self.pieces])

    def protect(self, text: str) -> Protected:
        """Replaces the spans that this tokenizer protects by placeholders."""
        return protect(text, self.protects)

    def unknown_characters(self, masked: str) -> int:
        """Returns the number of characters of a masked text that are unknown; one unknown piece may stand for many."""
        encoded = self._processor.encode(masked, out_type="offset_mapping")
        return sum(
            end - start for piece, (start, end) in zip(encoded["ids"], encoded["offsets"], strict=True) if piece == UNK
        )

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Returns the piece ids of each masked text, without bos and eos."""
        encoded: list[list[int]] = self._processor.encode(list(texts), out_type=int, num_threads=1)
        return encoded

    def decode(self, ids: Sequence[Sequence[int]]) -> list[str]:
        """Returns the text of each row of piece ids; unk becomes the sign U+2047, other special pieces disappear."""
        rows = [[int(piece) for piece in row] for row in ids]
        # For an empty list SentencePiece returns one empty text instead of none.
        decoded: list[str] = self._processor.decode(rows, num_threads=1) if rows else []
        return decoded

    def _is_symbol(self, piece: str) -> bool:
        """Whether the characters of the piece are encoded as that piece wherever they stand in a text."""
        piece_id = self._processor.piece_to_id(piece)
        return piece_id != UNK and piece_id in self._processor.encode(f"a{piece}b", out_type=int)
