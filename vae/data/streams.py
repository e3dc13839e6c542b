"""A corpus as streams of piece ids, one a split, read as a dataset of windows of running text."""

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
"""Pieces of a window, and of a segment at most."""

TOKENIZERS = ("tokenizer/spm.model", "spm.model")


@dataclass(frozen=True)
class Stream(Shard):
    """The segments of a split one behind the other, each with its end marker, bos before each post: `rows` segments.

    `pieces` (length,) are their ids.
    """

    pieces: NDArray[np.uint16] = field(repr=False, compare=False)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Where the end markers are, (rows,)."""
        return np.flatnonzero(self.pieces == EOS)

    def segments(self, rows: Iterable[int]) -> list[list[int]]:
        """The piece ids of these segments, without bos and end marker."""
        found = []
        for row in rows:
            start = int(self.ends[row - 1]) + 1 if row else 0
            inside = self.pieces[start : int(self.ends[row])]
            found.append(inside[inside != BOS][: self.bucket - 1].tolist())
        return found


@dataclass(frozen=True)
class StreamDataset(Dataset):
    """A folder of streams, `train.u16.xz` or `train.u16` and so on, and their tokenizer: 16-bit ids, little-endian."""

    @property
    def max_len(self) -> int:
        """Pieces of a window."""
        return _MAX_LEN

    @property
    def unit(self) -> str:
        """What a text is: a stream keeps where segments end."""
        return "segment"

    @property
    def measured_split(self) -> str:
        """What is measured where no split is named: there may be no test stream."""
        return next((split for split in ("test", "validation") if _file(self.folder, split)), "train")

    def tokenizer(self) -> Tokenizer:
        """Raises UserError where there is none."""
        found = (self.folder / name for name in TOKENIZERS)
        return read_tokenizer(next((path for path in found if path.is_file()), self.folder / TOKENIZERS[0]))

    def shards(self, split: str) -> list[Shard]:
        """The stream of a split; none where the folder has none.

        Raises:
            UserError: it cannot be read, is too short, or holds pieces that the tokenizer does not know.
        """
        path = _file(self.folder, split)
        if path is None:
            return []
        try:
            data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
            pieces = np.frombuffer(data, "<u2")
        except (lzma.LZMAError, ValueError) as error:
            raise UserError(f"{path} is no whole stream of 16-bit piece ids: {error}") from error
        if len(pieces) <= 2 * _MAX_LEN or not (pieces == EOS).any():
            raise UserError(f"{path} holds {len(pieces)} pieces: too few for windows of {_MAX_LEN}")
        if pieces.max() >= self.tokenizer().vocab_size:
            raise UserError(f"{path} holds piece {pieces.max()}, beyond the vocabulary of its tokenizer")
        return [Stream(path, _MAX_LEN, int((pieces == EOS).sum()), pieces)]


def open_dataset(folder: str | Path) -> Dataset:
    """A folder written by prepare, or one of streams. Raises UserError where it is neither."""
    folder = Path(folder)
    files = {split: path for split in _SPLITS if (path := _file(folder, split))}
    if (folder / "MANIFEST.json").exists() or not files:
        return Dataset.open(folder)
    hashes = {split: hashlib.sha256(path.read_bytes()).hexdigest() for split, path in files.items()}
    counts = {f"bytes_of_{split}": path.stat().st_size for split, path in files.items()}
    return StreamDataset(folder, {"format": _FORMAT, "streams": hashes, "counts": counts})


def _file(folder: Path, split: str) -> Path | None:
    return next((path for path in (folder / f"{split}.u16.xz", folder / f"{split}.u16") if path.is_file()), None)
