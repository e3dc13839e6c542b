"""Reads the posts of quality.py: those that are varied, those that the language model reads, and variations."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.posts.post import LIST_ITEM, Block
from pipelines.posts.varied_text import split_marker

if TYPE_CHECKING:
    from pathlib import Path

FEWEST_WORDS, MOST_WORDS = 50, 500
GROUP_ROWS = 64

Passages = tuple[str, ...]
"""The words of a post's paragraphs, list items and quotes, in order, without their markers."""


@dataclass(frozen=True, kw_only=True)
class Posts:
    """The evaluated posts of a dataset, the other posts of its validation and test splits, and its training posts."""

    evaluated: list[dict[str, Any]]
    other: list[Passages]
    training: list[Passages]

    @classmethod
    def of(cls, dataset: Path, *, count: int, seed: int) -> Posts:
        """Draws `count` English test posts of FEWEST_WORDS to MOST_WORDS words outside headings, code and tables."""
        rows = [row for path in manifest_files(dataset, "posts/") for row in pq.read_table(path).to_pylist()]
        test = sorted((row for row in rows if row["split"] == "test"), key=lambda row: str(row["post_id"]))
        fit = [row for row in test if row["language"] == "en" and FEWEST_WORDS <= _words(row) <= MOST_WORDS]
        if len(fit) < count:
            sys.exit(f"{dataset}: {len(fit)} test posts of {FEWEST_WORDS} to {MOST_WORDS} words, {count} are needed")
        drawn = random.Random(seed).sample(fit, count)
        taken = {row["post_id"] for row in drawn}
        return cls(
            evaluated=sorted(drawn, key=lambda row: str(row["post_id"])),
            other=[passages_of(row) for row in rows if row["split"] != "train" and row["post_id"] not in taken],
            training=[passages_of(row) for row in rows if row["split"] == "train"],
        )


def passages_of(row: dict[str, Any]) -> Passages:
    """Returns the passages of a row of posts/."""
    return tuple(words for block in row["blocks"] if (words := split_marker(Block(**block))[1]))


def write_dataset(dataset: Path, rows: list[dict[str, Any]], folder: Path) -> None:
    """Writes a dataset that holds only these posts, with the tokenizer of the dataset, as `augment` reads it."""
    manifest = json.loads((dataset / "MANIFEST.json").read_text(encoding="utf-8"))
    shutil.copytree(dataset / "tokenizer", folder / "tokenizer", dirs_exist_ok=True)
    (folder / "posts").mkdir(exist_ok=True)
    path, schema = folder / "posts" / "part-0.parquet", pq.read_schema(manifest_files(dataset, "posts/")[0])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, row_group_size=GROUP_ROWS)
    content = path.read_bytes()
    entry = {"path": "posts/part-0.parquet", "rows": len(rows), "bytes": len(content)}
    manifest["files"] = [entry | {"sha256": hashlib.sha256(content).hexdigest()}]
    manifest["counts"] = {"posts": len(rows)}
    (folder / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Made:
    """The variations of one run of `augment`: for each post the first accepted ones, in order of `variant`."""

    variations: list[list[Passages]]
    strategy: str
    change: float
    model_sha256: str

    @classmethod
    def read(cls, folder: Path, rows: list[dict[str, Any]], *, most: int) -> Made:
        """Reads a variations folder of these posts; ends the script if it is of others."""
        columns = ["post_id", "variant", "text", "strategy", "change_requested", "model_sha256"]
        accepted = [
            row for path in manifest_files(folder, "part-") for row in pq.read_table(path, columns=columns).to_pylist()
        ]
        if not accepted or {row["post_id"] for row in accepted} - {row["post_id"] for row in rows}:
            sys.exit(f"{folder} is not of the evaluated posts: run augment with --dataset OUTPUT/posts")
        texts: dict[str, list[str]] = {row["post_id"]: [] for row in rows}
        for row in sorted(accepted, key=lambda row: int(row["variant"])):
            texts[row["post_id"]].append(row["text"])
        return cls(
            variations=[[varied_passages(row, text) for text in texts[row["post_id"]][:most]] for row in rows],
            strategy=accepted[0]["strategy"],
            change=accepted[0]["change_requested"],
            model_sha256=accepted[0]["model_sha256"],
        )


def varied_passages(row: dict[str, Any], text: str) -> Passages:
    """Cuts a variation into passages by the blocks and markers of its source post."""
    pattern, before = "", None
    for block in (Block(**block) for block in row["blocks"]):
        if before is not None:
            pattern += "\n" if before == block.kind == LIST_ITEM else "\n\n"
        marker, words = split_marker(block)
        pattern += re.escape(marker) + (f"(.*|{re.escape(words)})" if words else "")
        before = block.kind
    match = re.fullmatch(pattern, text)
    if match is None:
        sys.exit(f"a variation of {row['post_id']} does not have the blocks of its post")
    return match.groups()


def manifest_files(folder: Path, prefix: str) -> list[Path]:
    """Returns the files in a folder's manifest whose paths begin with a prefix, without empty ones."""
    try:
        manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"{folder} holds no manifest that can be read: {error}")
    return [folder / file["path"] for file in manifest["files"] if file["path"].startswith(prefix) and file["rows"]]


def _words(row: dict[str, Any]) -> int:
    return sum(len(passage.split()) for passage in passages_of(row))
