"""Reads a corpus of streams of piece ids, one for each split, as a dataset of windows of running text."""

from __future__ import annotations

import hashlib
import lzma
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tokenizer.tokenizer import BOS, EOS
from vae.data.dataset import Dataset, Shard, read_tokenizer
from vae.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tokenizer.tokenizer import Tokenizer

_FORMAT = "blogvae-streams/1"
_SPLITS = ("train", "validation", "test")
_MAX_LEN = 128
"""Pieces of a window, and the most pieces of a segment."""

TOKENIZERS = ("tokenizer/spm.model", "spm.model")
"""Where the tokenizer of a folder of streams may be."""


@dataclass(frozen=True)
class Stream(Shard):
    """The `rows` segments of a split in a row: an end marker follows each segment, and bos stands before each post.

    Attributes:
        pieces: piece ids of the whole stream, (length,).
    """

    pieces: NDArray[np.uint16] = field(repr=False, compare=False)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """The places of the end markers, (rows,)."""
        return np.flatnonzero(self.pieces == EOS)

    def segments(self, rows: Iterable[int]) -> list[list[int]]:
        """Returns the piece ids of the segments with these numbers, without bos and end marker.

        A segment that is longer than a window is cut to its first pieces.
        """
        segments = []
        for row in rows:
            start = int(self.ends[row - 1]) + 1 if row else 0
            pieces = self.pieces[start : int(self.ends[row])]
            segments.append(pieces[pieces != BOS][: self.bucket - 1].tolist())
        return segments


@dataclass(frozen=True)
class StreamDataset(Dataset):
    """A folder with a stream for each split and their tokenizer.

    A stream is `train.u16`, or `train.u16.xz`, and so on: 16-bit piece ids, little-endian.
    """

    @property
    def max_len(self) -> int:
        """Pieces of a window."""
        return _MAX_LEN

    @property
    def unit(self) -> str:
        """What a row is: a segment, since streams keep the ends of segments."""
        return "segment"

    @property
    def measured_split(self) -> str:
        """The split that a model is measured on where no other is named: the test split, if the folder has one."""
        return next((split for split in ("test", "validation") if _file(self.folder, split)), "train")

    def tokenizer(self) -> Tokenizer:
        """Reads the tokenizer.

        Raises:
            UserError: there is none.
        """
        paths = (self.folder / name for name in TOKENIZERS)
        return read_tokenizer(next((path for path in paths if path.is_file()), self.folder / TOKENIZERS[0]))

    def shards(self, split: str) -> list[Shard]:
        """Returns the stream of a split as its only shard; the list is empty where the folder has no such stream.

        Raises:
            UserError: the stream cannot be read, is too short, has no end marker, or has pieces that the tokenizer does
                not know.
        """
        path = _file(self.folder, split)
        if path is None:
            return []
        try:
            data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
            pieces = np.frombuffer(data, "<u2")
        except (lzma.LZMAError, ValueError) as error:
            raise UserError(f"{path} is no whole stream of 16-bit piece ids: {error}") from error
        if len(pieces) <= 2 * _MAX_LEN:
            raise UserError(f"{path} holds {len(pieces)} pieces: too few for windows of {_MAX_LEN}")
        if not (pieces == EOS).any():
            raise UserError(f"{path} holds no end marker: no segment ends in it")
        if pieces.max() >= self.tokenizer().vocab_size:
            raise UserError(f"{path} holds piece {pieces.max()}, beyond the vocabulary of its tokenizer")
        return [Stream(path, _MAX_LEN, int((pieces == EOS).sum()), pieces)]


def open_dataset(folder: str | Path) -> Dataset:
    """Opens a folder that prepare wrote, or a folder of streams.

    Raises:
        UserError: it is neither.
    """
    folder = Path(folder)
    files = {split: path for split in _SPLITS if (path := _file(folder, split))}
    if (folder / "MANIFEST.json").exists() or not files:
        return Dataset.open(folder)
    hashes = {split: hashlib.sha256(path.read_bytes()).hexdigest() for split, path in files.items()}
    counts = {f"bytes_of_{split}": path.stat().st_size for split, path in files.items()}
    return StreamDataset(folder, {"format": _FORMAT, "streams": hashes, "counts": counts})


def _file(folder: Path, split: str) -> Path | None:
    return next((path for path in (folder / f"{split}.u16.xz", folder / f"{split}.u16") if path.is_file()), None)
