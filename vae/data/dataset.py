"""A prepared dataset as training and evaluation read it: by its manifest alone."""

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
"""The share of posts from which on a language is one that a model is said to know."""

_UNKNOWN = "und"
"""The code of a language that could not be told."""

_SHARD = re.compile(r"shards/split=(?P<split>\w+)/bucket=(?P<bucket>\d+)/")


@dataclass(frozen=True)
class Shard:
    """One Parquet file of padded rows of `bucket` pieces."""

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
        """Raises UserError where there is no whole dataset of this format."""
        path = Path(folder) / "MANIFEST.json"
        try:
            manifest = json.loads(path.read_text())
        except (FileNotFoundError, NotADirectoryError) as error:
            raise UserError(
                f"{folder} holds no dataset: {path} is missing; run `blogvae prepare` to its end"
            ) from error
        except ValueError as error:
            raise UserError(f"{path} is no JSON; run `blogvae prepare --overwrite`") from error
        found = manifest.get("format") if isinstance(manifest, dict) else None
        if found != DATASET_FORMAT:
            raise UserError(f"{path} is of format {found!r}, expected {DATASET_FORMAT!r}")
        return cls(Path(folder), manifest)

    @property
    def max_len(self) -> int:
        """Pieces in a segment, end marker included."""
        return int(self.manifest["settings"]["max_len"])

    @property
    def unit(self) -> str:
        """What a row is: a `segment` or a whole `post`."""
        return str(self.manifest["settings"]["unit"])

    @property
    def labels(self) -> dict[str, list[str]]:
        """By column, the names of its condition ids: id k is the k-th name, 0 none of them."""
        found = self.manifest.get("labels", {})
        return {label: list(found.get(label, [])) for label in LABELS}

    @property
    def languages(self) -> list[str]:
        """ISO 639 codes of what at least MAIN_LANGUAGE of the posts are in, the commonest first; none where untold."""
        try:
            counts = dict(json.loads((self.folder / "stats.json").read_text())["posts_by_language"])
        except (OSError, ValueError, KeyError):
            return []
        known = {code: count for code, count in counts.items() if code != _UNKNOWN}
        least = MAIN_LANGUAGE * sum(counts.values())
        return [code for code in sorted(known, key=lambda code: (-known[code], code)) if known[code] >= least]

    @property
    def measured_split(self) -> str:
        """What is measured where no split is named."""
        return "test"

    def tokenizer(self) -> Tokenizer:
        """Raises UserError where the model is not the manifest's."""
        path = self.folder / "tokenizer" / "spm.model"
        tokenizer = read_tokenizer(path)
        if tokenizer.sha256 != self.manifest["tokenizer_sha256"]:
            raise UserError(f"{path} is not the tokenizer of {self.folder / 'MANIFEST.json'}; run prepare again")
        return tokenizer

    def shards(self, split: str) -> list[Shard]:
        """The shards of a split, sorted by path. Raises UserError where one is not the file that prepare wrote."""
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
    """Raises UserError where there is none."""
    try:
        return Tokenizer.load(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: {error}") from error


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
