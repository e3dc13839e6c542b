"""A trained SentencePiece model as the rest of the project sees it."""

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
"""What SentencePiece writes for the space before a word."""


class Tokenizer:
    """Encodes masked texts to piece ids and back; special ids are pad 0, unk 1, bos 2, eos 3.

    `protects` are the kinds of spans whose placeholders are pieces of the vocabulary: those and no others are masked.
    """

    def __init__(self, model: bytes) -> None:
        """Args: model: a serialized SentencePiece model.

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
        found = (processor.pad_id(), processor.unk_id(), processor.bos_id(), processor.eos_id())
        if found != (PAD, UNK, BOS, EOS):
            raise ValueError(f"special ids pad, unk, bos, eos are {found}, expected {(PAD, UNK, BOS, EOS)}")
        self.protects = frozenset(kind for kind, placeholder in PLACEHOLDERS.items() if self._is_symbol(placeholder))
        self.words = WordTable(self)

    @classmethod
    def load(cls, path: str | Path) -> Tokenizer:
        """Reads a `.model` file. Raises OSError or ValueError."""
        return cls(Path(path).read_bytes())

    def __reduce__(self) -> tuple[type[Tokenizer], tuple[bytes]]:
        return Tokenizer, (self.model,)

    @property
    def vocab_size(self) -> int:
        """Number of pieces, special ones included."""
        return int(self._processor.get_piece_size())

    def vocabulary(self) -> str:
        """Pieces and their log probabilities, one a line, as SentencePiece's own `.vocab` files."""
        processor = self._processor
        return "".join(f"{processor.id_to_piece(i)}\t{processor.get_score(i):g}\n" for i in range(self.vocab_size))

    @cached_property
    def unknown(self) -> NDArray[np.bool_]:
        """Of each id, whether it is the unknown piece."""
        flags: NDArray[np.bool_] = np.arange(self.vocab_size) == UNK
        return flags

    @cached_property
    def byte_starts(self) -> NDArray[np.bool_]:
        """Of each id, whether it is a byte piece that begins a character in UTF-8."""
        are_bytes = self._processor.is_byte(list(range(self.vocab_size)))
        return np.array(
            [
                is_byte and not 0x80 <= int(piece[3:5], 16) < 0xC0
                for piece, is_byte in zip(self.pieces, are_bytes, strict=True)
            ]
        )

    @cached_property
    def pieces(self) -> list[str]:
        """The text of each id's piece, WORD_START for a space."""
        pieces: list[str] = self._processor.id_to_piece(list(range(self.vocab_size)))
        return pieces

    @cached_property
    def begins_word(self) -> NDArray[np.bool_]:
        """Of each id, whether its piece begins a word, and is not the space before one alone."""
        return np.array([piece.startswith(WORD_START) and piece.strip(WORD_START) != "" for piece in self.pieces])

    def protect(self, text: str) -> Protected:
        """The text with placeholders for what this tokenizer protects."""
        return protect(text, self.protects)

    def unknown_characters(self, masked: str) -> int:
        """How many characters of a text the unknown piece stands for, which swallows runs of them."""
        found = self._processor.encode(masked, out_type="offset_mapping")
        return sum(
            end - start for piece, (start, end) in zip(found["ids"], found["offsets"], strict=True) if piece == UNK
        )

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Piece ids of each text, without bos or eos."""
        encoded: list[list[int]] = self._processor.encode(list(texts), out_type=int, num_threads=1)
        return encoded

    def decode(self, ids: Sequence[Sequence[int]]) -> list[str]:
        """The text of each row of ids; special ids give nothing but unk, which gives the sign U+2047."""
        rows = [[int(piece) for piece in row] for row in ids]
        # Of no rows the library makes one empty text.
        decoded: list[str] = self._processor.decode(rows, num_threads=1) if rows else []
        return decoded

    def _is_symbol(self, piece: str) -> bool:
        """Whether a text that holds the piece's characters is always encoded with that piece."""
        number = self._processor.piece_to_id(piece)
        return number != UNK and number in self._processor.encode(f"a{piece}b", out_type=int)
