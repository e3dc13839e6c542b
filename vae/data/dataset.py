"""Opens a prepared dataset for training and evaluation, which read the files that its manifest lists."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizer.tokenizer import Tokenizer
from vae.errors import UserError

DATASET_FORMAT = "blogvae-dataset/1"
LABELS = ("category", "author")
"""Columns of shards that hold condition ids."""

MAIN_LANGUAGE = 0.05
"""A dataset is in a language where at least this share of its posts is."""

_UNKNOWN = "und"
"""The code of posts whose language is not known."""

_SHARD = re.compile(r"shards/split=(?P<split>\w+)/bucket=(?P<bucket>\d+)/")


@dataclass(frozen=True)
class Shard:
    """One Parquet file of `rows` texts, each padded to `bucket` pieces."""

    path: Path
    bucket: int
    rows: int


@dataclass(frozen=True)
class Dataset:
    """A dataset folder and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def open(cls, folder: str | Path) -> Dataset:
        """Opens the dataset in a folder.

        Raises:
            UserError: the folder holds no complete dataset of this format.
        """
        path = Path(folder) / "MANIFEST.json"
        try:
            manifest = json.loads(path.read_text())
        except (FileNotFoundError, NotADirectoryError) as error:
            raise UserError(
                f"{folder} holds no dataset: {path} is missing; run `blogvae prepare` to its end"
            ) from error
        except ValueError as error:
            raise UserError(f"{path} is no JSON; run `blogvae prepare --overwrite`") from error
        format_ = manifest.get("format") if isinstance(manifest, dict) else None
        if format_ != DATASET_FORMAT:
            raise UserError(f"{path} is of format {format_!r}, expected {DATASET_FORMAT!r}")
        return cls(Path(folder), manifest)

    @property
    def max_len(self) -> int:
        """The most pieces of a segment, the end marker included."""
        return int(self.manifest["settings"]["max_len"])

    @property
    def unit(self) -> str:
        """What a row of the dataset is: a `segment` or a whole `post`."""
        return str(self.manifest["settings"]["unit"])

    @property
    def labels(self) -> dict[str, list[str]]:
        """The names of the condition ids of each column: id 1 is the first name, and 0 stands for none of them."""
        names = self.manifest.get("labels", {})
        return {label: list(names.get(label, [])) for label in LABELS}

    @property
    def languages(self) -> list[str]:
        """ISO 639 codes of the languages that at least MAIN_LANGUAGE of the posts are in, the most frequent first.

        The list is empty where stats.json does not tell the languages.
        """
        try:
            counts = dict(json.loads((self.folder / "stats.json").read_text())["posts_by_language"])
        except (OSError, ValueError, KeyError):
            return []
        least = MAIN_LANGUAGE * sum(counts.values())
        frequent = [code for code, count in counts.items() if code != _UNKNOWN and count >= least]
        return sorted(frequent, key=lambda code: (-counts[code], code))

    @property
    def measured_split(self) -> str:
        """The split that a model is measured on where no other is named."""
        return "test"

    def tokenizer(self) -> Tokenizer:
        """Reads the tokenizer.

        Raises:
            UserError: there is none, or it is not the one that the manifest names.
        """
        path = self.folder / "tokenizer" / "spm.model"
        tokenizer = read_tokenizer(path)
        if tokenizer.sha256 != self.manifest["tokenizer_sha256"]:
            raise UserError(f"{path} is not the tokenizer of {self.folder / 'MANIFEST.json'}; run prepare again")
        return tokenizer

    def shards(self, split: str) -> list[Shard]:
        """Returns the shards of a split, sorted by path.

        Raises:
            UserError: a file is missing, or is not the one that the manifest lists.
        """
        shards: list[Shard] = []
        for file in sorted(self.manifest["files"], key=lambda file: str(file["path"])):
            match = _SHARD.match(file["path"])
            if match and match["split"] == split:
                path = self.folder / file["path"]
                if not path.is_file() or _sha256(path) != file["sha256"]:
                    raise UserError(f"{path} is missing or not the file of the manifest; run prepare again")
                shards.append(Shard(path, int(match["bucket"]), int(file["rows"])))
        return shards


def read_tokenizer(path: Path) -> Tokenizer:
    """Reads a tokenizer from its file.

    Raises:
        UserError: there is no SentencePiece model.
    """
    try:
        return Tokenizer.load(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: {error}") from error


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
