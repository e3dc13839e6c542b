"""Draws windows of general prose from a file of pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from tokenizer.tokenizer import BOS, EOS
from vae.data.text_batch import TextBatch
from vae.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


class TextWindows:
    """Draws texts of one length, which all begin where a segment begins, from a file of pieces.

    The file holds 16-bit ids in the machine's byte order, with BOS before each post and EOS after each segment. It
    stays on disk.
    """

    def __init__(self, path: Path, *, longest: int, vocab_size: int) -> None:
        """Opens the file.

        Args:
            path: the file.
            longest: pieces of the longest window.
            vocab_size: size of the vocabulary of the model.

        Raises:
            UserError: the file is missing or too short, or has ids beyond the vocabulary.
        """
        try:
            self.stream = np.memmap(path, np.uint16, mode="r")
        except (OSError, ValueError) as error:
            raise UserError(f"{path}: no file of pieces: {error}") from error
        starts = np.flatnonzero((self.stream == BOS) | (self.stream == EOS)) + 1
        self.starts = starts[starts <= len(self.stream) - longest]
        if not len(self.starts):
            raise UserError(f"{path} holds no segment of {longest} pieces")
        if int(self.stream.max()) >= vocab_size:
            raise UserError(f"{path} holds pieces of another tokenizer: id {self.stream.max()} of {vocab_size}")

    def draw(self, texts: int, length: int, *, generator: np.random.Generator, device: torch.device) -> TextBatch:
        """Draws a number of windows of `length` pieces."""
        chosen = generator.choice(self.starts, texts)
        rows = np.stack([self.stream[start : start + length] for start in chosen]).astype(np.int64)
        return TextBatch.of(torch.from_numpy(rows).to(device), torch.full((texts,), length, device=device))
