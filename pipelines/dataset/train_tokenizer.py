"""Trains a dataset's tokenizer on a sample of its blocks, and stores one that is kept from earlier or given."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems

from pipelines.beam.to_list import ToList
from pipelines.dataset.staged_posts import read_staged, staged_path
from pipelines.errors import UserError
from pipelines.posts.post import VARIED_KINDS, Block
from pipelines.posts.varied_text import split_marker
from pipelines.write.atomic import atomic_file, write_bytes
from pipelines.write.manifest import WORK
from pipelines.write.receipts import fingerprint
from tokenizer.protect import mask_words
from tokenizer.training import train_tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tokenizer.tokenizer import Tokenizer

NO_TOKENIZER: Final = ""
"""Stands for the tokenizer's path if there was no sentence to train one on."""

SAMPLE_BYTES: Final = 24 << 20
"""Input bytes from whose blocks the tokenizer is trained: more would change few pieces and cost minutes."""


@dataclass(frozen=True, kw_only=True)
class TokenizerSettings:
    """The settings that decide a trained tokenizer; `sample_rate` is the share of blocks drawn."""

    vocab_size: int
    model_type: str
    protects: tuple[str, ...]
    seed: int
    sample_rate: float


class TrainTokenizer(beam.PTransform):
    """Turns (number, name) of staged units into the path of one tokenizer, trained once all units are staged."""

    def __init__(self, *, output: str, settings: TokenizerSettings) -> None:
        super().__init__()
        self.output, self.settings = output, settings

    def expand(self, staged: Any) -> Any:
        """Samples each unit into a file, and trains on these files in one place; only their paths are gathered."""
        return (
            staged
            | "Sample" >> beam.Map(lambda unit: sample_unit(unit[1], output=self.output, settings=self.settings))
            | "Gather" >> ToList()
            | "Train" >> beam.Map(train_on_samples, output=self.output, settings=self.settings)
        )


def tokenizer_path(output: str) -> str:
    """Returns the path of a dataset's tokenizer."""
    return f"{output}/tokenizer/spm.model"


def sample_rate(input_bytes: int) -> float:
    """Returns the share of blocks to draw from inputs of this size."""
    return min(1.0, SAMPLE_BYTES / max(1, input_bytes))


def sample_unit(name: str, *, output: str, settings: TokenizerSettings) -> str:
    """Writes the masked blocks drawn from a staged unit, one a line; returns the path of the file. Safe to repeat.

    A block is drawn by the checksum of its text, so the same blocks are drawn however the work is cut.
    """
    facts = [name, settings.protects, settings.seed, settings.sample_rate]
    path = f"{output}/{WORK}/sample/{fingerprint(facts)}.txt"
    if not FileSystems.exists(path):
        with atomic_file(path) as (file, _):
            for text in _sample(staged_path(output, name, "posts"), settings):
                file.write(f"{text}\n".encode())
    return path


def _sample(path: str, settings: TokenizerSettings) -> Iterator[str]:
    below = settings.sample_rate * 2**32
    for batch in read_staged(path):
        drawn: list[str] = []
        blocks = batch.column("blocks").flatten()
        for kind, text in zip(blocks.field("kind").to_pylist(), blocks.field("text").to_pylist(), strict=True):
            if kind in VARIED_KINDS and crc32(text.encode(), settings.seed) < below:
                drawn.append(" ".join(split_marker(Block(kind, text))[1].split()))
        yield from mask_words(drawn, settings.protects)


def train_on_samples(paths: Sequence[str], *, output: str, settings: TokenizerSettings) -> str:
    """Trains a tokenizer on the units' samples unless it exists, and returns its path, NO_TOKENIZER without words.

    Raises:
        UserError: the words do not allow a vocabulary of this size.
    """
    model = f"{output}/{WORK}/tokenizer/{fingerprint([sorted(paths), asdict(settings)])}.model"
    if FileSystems.exists(model):
        return model
    texts: list[str] = []
    for path in paths:
        with FileSystems.open(path) as file:
            texts.extend(file.read().decode().rstrip("\n").split("\n"))
    if not any(texts):
        return NO_TOKENIZER
    try:
        trained = train_tokenizer(
            texts, vocab_size=settings.vocab_size, model_type=settings.model_type, protects=settings.protects
        )
    except ValueError as error:
        raise UserError(f"--vocab-size {settings.vocab_size}: {error}") from error
    write_bytes(model, trained.model)
    return model


def stage_tokenizer(tokenizer: Tokenizer, *, output: str) -> str:
    """Writes a tokenizer that needs no training to where the workers read it, and returns its path."""
    path = f"{output}/{WORK}/tokenizer/{tokenizer.sha256[:16]}.model"
    write_bytes(path, tokenizer.model)
    return path


def write_tokenizer(tokenizer: Tokenizer, *, output: str) -> None:
    """Writes the dataset's spm.model and spm.vocab."""
    write_bytes(f"{output}/tokenizer/spm.vocab", tokenizer.vocabulary().encode())
    write_bytes(tokenizer_path(output), tokenizer.model)
