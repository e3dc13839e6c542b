"""What a peer made, as a variations folder that `blogvae rate` reads."""

from __future__ import annotations

import hashlib
import json
import os.path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.posts import Block, text_of
from pipelines.varied_text import split_marker

if TYPE_CHECKING:
    from pathlib import Path

    from peers import Tuned
    from quality_posts import Passages

PART = "part-0.parquet"


def write_peer(folder: Path, peer: Tuned, *, rows: list[dict[str, Any]], dataset: Path) -> None:
    """The variations of these rows of the dataset's posts/, and the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [
        {"post_id": row["post_id"], "variant": variant, "text": varied_text(row, passages)}
        for row, variations in zip(rows, peer.variations, strict=True)
        for variant, passages in enumerate(variations, 1)
    ]
    pq.write_table(pa.Table.from_pylist(made), folder / PART)
    content = (folder / PART).read_bytes()
    entry = {"path": PART, "rows": len(made), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    manifest = {
        "format": "blogvae-variations/1",
        "inputs": {"dataset": os.path.relpath(dataset, folder)},
        "settings": {"system": peer.name, "share": peer.share},
        "counts": {"posts": len(rows), "accepted": len(made)},
        "files": [entry],
    }
    (folder / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def varied_text(row: dict[str, Any], passages: Passages) -> str:
    """The post with these passages in their places: what `quality_posts.varied_passages` takes apart."""
    waiting = iter(passages)
    blocks = []
    for block in (Block(**block) for block in row["blocks"]):
        marker, words = split_marker(block)
        blocks.append(Block(kind=block.kind, text=marker + next(waiting)) if words else block)
    return text_of(blocks)
