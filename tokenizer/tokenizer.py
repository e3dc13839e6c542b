"""A trained SentencePiece model as the rest of the project sees it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from sentencepiece import SentencePieceProcessor

if TYPE_CHECKING:
    from collections.abc import Sequence

PAD, UNK, BOS, EOS = 0, 1, 2, 3


class Tokenizer:
    """Encodes masked texts to piece ids and back; special ids are pad 0, unk 1, bos 2, eos 3."""

    def __init__(self, model: bytes) -> None:
        """Args: model: a serialized SentencePiece model.

        Raises:
            ValueError: the bytes are no SentencePiece model, or its special ids are others.
        """
        self.model = model
        self.sha256 = hashlib.sha256(model).hexdigest()
        try:
            self._processor = SentencePieceProcessor(model_proto=model)
        except RuntimeError as error:
            raise ValueError(f"not a SentencePiece model: {error}") from error
        processor = self._processor
        found = (processor.pad_id(), processor.unk_id(), processor.bos_id(), processor.eos_id())
        if found != (PAD, UNK, BOS, EOS):
            raise ValueError(f"special ids pad, unk, bos, eos are {found}, expected {(PAD, UNK, BOS, EOS)}")

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

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Piece ids of each text, without bos or eos."""
        encoded: list[list[int]] = self._processor.encode(list(texts), out_type=int, num_threads=1)
        return encoded

    def decode(self, ids: Sequence[Sequence[int]]) -> list[str]:
        """The text of each row of ids; special ids give nothing but unk, which gives the sign U+2047."""
        rows = [[int(piece) for piece in row] for row in ids]
        decoded: list[str] = self._processor.decode(rows, num_threads=1)
        return decoded
