"""Reads the tokenizer that --tokenizer names, and the segment length of the model that it belongs to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import unusable
from tokenizer.adopt import adopt
from vae.model_folder.shipped import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizer.tokenizer import Tokenizer


@dataclass(frozen=True, kw_only=True)
class GivenTokenizer:
    """A tokenizer to use instead of training one.

    name: the value of --tokenizer; file: the SentencePiece model; max_len: that of the model it belongs to, None if
    --tokenizer names a mere file.
    """

    name: str
    file: str
    max_len: int | None

    def read(self, *, protects: Sequence[str] = ()) -> Tokenizer:
        """Reads the tokenizer and gives it our special ids, whoever trained it.

        Raises:
            UserError: the file is not a SentencePiece model, or one of a kind that cannot be used.
        """
        try:
            with FileSystems.open(self.file) as file:
                return adopt(file.read(), protects=protects)
        except (OSError, ValueError) as error:
            raise unusable(f"--tokenizer {self.name}: {error}", error) from error


def given_tokenizer(name: str) -> GivenTokenizer:
    """Finds the tokenizer of a SentencePiece file, of a model's folder, or of a shipped model by its name.

    Raises:
        UserError: the folder's config.json is not that of a model.
    """
    folder = str(shipped_folder(name) or name).rstrip("/")
    config = f"{folder}/config.json"
    if not FileSystems.exists(config):
        return GivenTokenizer(name=name, file=name, max_len=None)
    try:
        with FileSystems.open(config) as file:
            max_len = int(json.load(file)["max_len"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unusable(f"--tokenizer {name}: its config.json is not that of a model: {error}", error) from error
    return GivenTokenizer(name=name, file=f"{folder}/tokenizer/spm.model", max_len=max_len)
