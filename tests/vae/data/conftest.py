"""A folder of streams."""

from __future__ import annotations

import lzma
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tokenizer.tokenizer import BOS, EOS
from vae.data.streams import Stream, open_dataset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from tokenizer.tokenizer import Tokenizer

SEGMENTS_A_POST = 5


@pytest.fixture(scope="session")
def stream_of() -> Callable[[Sequence[Sequence[int]]], NDArray[np.uint16]]:
    """Puts rows of piece ids into one stream, with bos before every fifth row."""

    def make(rows: Sequence[Sequence[int]]) -> NDArray[np.uint16]:
        pieces = []
        for number, row in enumerate(rows):
            pieces += [BOS] * (number % SEGMENTS_A_POST == 0) + [*row, EOS]
        return np.array(pieces, "<u2")

    return make


@pytest.fixture(scope="package")
def streams_folder(
    stream_of: Callable[[Sequence[Sequence[int]]], NDArray[np.uint16]],
    rows: list[list[int]],
    tokenizer: Tokenizer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder of streams: 400 segments to train on, 50 to validate, none to test."""
    folder = tmp_path_factory.mktemp("streams")
    (folder / "train.u16.xz").write_bytes(lzma.compress(stream_of(rows[:400]).tobytes()))
    (folder / "validation.u16").write_bytes(stream_of(rows[400:450]).tobytes())
    (folder / "spm.model").write_bytes(tokenizer.model)
    return folder


@pytest.fixture
def stream(streams_folder: Path) -> Stream:
    """The stream of the training split."""
    (shard,) = open_dataset(streams_folder).shards("train")
    assert isinstance(shard, Stream)
    return shard
