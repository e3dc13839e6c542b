"""The tokenizer that --tokenizer names, and how long the segments are of the model it belongs to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from tokenizer.adopt import adopt
from vae.model_folder.shipped import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizer.tokenizer import Tokenizer


@dataclass(frozen=True, kw_only=True)
class GivenTokenizer:
    """What --tokenizer told, and the SentencePiece model there; `max_len` is that of its model, None of a mere file."""

    told: str
    file: str
    max_len: int | None

    def read(self, *, protects: Sequence[str] = ()) -> Tokenizer:
        """The tokenizer, whoever trained it, with our special ids.

        Raises:
            UserError: the file is no SentencePiece model, or of a kind that cannot be used.
        """
        try:
            with FileSystems.open(self.file) as file:
                return adopt(file.read(), protects=protects)
        except (OSError, ValueError) as error:
            raise UserError(f"--tokenizer {self.told}: {error}") from error


def given_tokenizer(told: str) -> GivenTokenizer:
    """What a SentencePiece file, a model's folder or the name of a model that ships stand for.

    Raises:
        UserError: the folder's config.json is not that of a model.
    """
    folder = str(shipped_folder(told) or told).rstrip("/")
    config = f"{folder}/config.json"
    if not FileSystems.exists(config):
        return GivenTokenizer(told=told, file=told, max_len=None)
    try:
        with FileSystems.open(config) as file:
            max_len = int(json.load(file)["max_len"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"--tokenizer {told}: its config.json is not that of a model: {error}") from error
    return GivenTokenizer(told=told, file=f"{folder}/tokenizer/spm.model", max_len=max_len)
