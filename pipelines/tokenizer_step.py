"""The tokenizer of a dataset: trained on the units' samples, or the one the user gave."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.transforms.combiners import ToList

from pipelines.clean_units import staged_path
from pipelines.errors import UserError
from pipelines.shard_units import NO_TOKENIZER
from pipelines.write.atomic import write_bytes
from tokenizer.tokenizer import Tokenizer
from tokenizer.training import train_tokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger("blogvae")

SAMPLE_BYTES = 24 << 20
"""Input bytes whose sentences the tokenizer is trained on: more changes few pieces and costs minutes."""


class TrainTokenizer(beam.PTransform):
    """StagedUnits to the path of one tokenizer, trained when all units are staged."""

    def __init__(self, *, output: str, vocab_size: int) -> None:
        super().__init__()
        self.output, self.vocab_size = output, vocab_size

    def expand(self, staged: Any) -> Any:
        """Fingerprints are gathered; the sentences stay in the units' sample files."""
        return (
            staged
            | "SampleOf" >> beam.Map(lambda unit: unit.fingerprint)
            | "Gather" >> ToList()
            | "Train" >> beam.Map(train_on_samples, output=self.output, vocab_size=self.vocab_size)
        )


def tokenizer_path(output: str) -> str:
    """Where a dataset keeps its tokenizer."""
    return f"{output}/tokenizer/spm.model"


def sample_rate(input_bytes: int) -> float:
    """The share of sentences to draw from inputs of this size."""
    return min(1.0, SAMPLE_BYTES / max(1, input_bytes))


def train_on_samples(fingerprints: Sequence[str], *, output: str, vocab_size: int) -> str:
    """Trains on the units' samples; NO_TOKENIZER when they hold no sentence."""
    sentences: list[str] = []
    for each in fingerprints:
        with FileSystems.open(staged_path(output, each, "sample")) as file:
            sentences.extend(file.read().decode().splitlines())
    if not sentences:
        return NO_TOKENIZER
    return write_tokenizer(train_tokenizer(sentences, vocab_size=vocab_size), output=output)


def write_tokenizer(tokenizer: Tokenizer, *, output: str) -> str:
    """Writes spm.model and spm.vocab; returns the model's path."""
    path = tokenizer_path(output)
    write_bytes(f"{output}/tokenizer/spm.vocab", tokenizer.vocabulary().encode())
    write_bytes(path, tokenizer.model)
    return path


def read_tokenizer(path: str) -> Tokenizer:
    """A tokenizer the user gave. Raises UserError where the file is none, or has other special ids."""
    try:
        with FileSystems.open(path) as file:
            return Tokenizer(file.read())
    except (OSError, ValueError) as error:
        raise UserError(f"--tokenizer {path}: {error}") from error
