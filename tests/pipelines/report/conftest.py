import base64
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.posts import POSTS

ONE_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
RULES = ("length_ratio", "repetition", "copy", "drift", "sibling", "characters", "unfinished")
VARIATIONS = pa.schema(
    [
        *(POSTS.field(name) for name in ("post_id", "title", "author", "date", "category", "tags", "language")),
        pa.field("variation_id", pa.string()),
        pa.field("variant", pa.int64()),
        pa.field("text", pa.string()),
        pa.field("strategy", pa.string()),
        pa.field("seed", pa.int64()),
        pa.field("change_requested", pa.float64()),
        pa.field("change_measured", pa.float64()),
        pa.field("scores", pa.struct([(rule, pa.float64()) for rule in RULES])),
        pa.field("segments_changed", pa.int64()),
        pa.field("model_sha256", pa.string()),
    ]
)
REJECTS = pa.schema(
    [
        (name, pa.int64() if name == "position" else pa.string())
        for name in ("source", "position", "post_id", "stage", "reason", "value", "threshold", "excerpt", "rule")
    ]
)
ORCHARD = (
    "The orchard behind the library opened on Saturday, and forty neighbours came to see it.\n\n"
    "Apples were 12 cents each. The oldest tree, planted in 1931, still bears fruit every autumn."
)
SENTENCES = (
    "We moved the reading room to the second floor last spring.",
    "Nobody missed the old carpet, though the lamps were dear to some.",
    "A volunteer counted the visitors by hand for eleven weeks.",
    "The figures surprised the council, which had planned for half as many.",
)
LONG = "\n\n".join(" ".join(f"{number}: {sentence}" for sentence in SENTENCES) for number in range(1, 46))


@dataclass
class VariationsFolder:
    """A variations folder in the making, with its dataset and model beside it; `write` puts it on the disk."""

    root: Path
    posts: list[dict]
    variations: list[dict]
    rejects: list[dict]
    metrics: dict
    inputs: dict = field(default_factory=lambda: {"dataset": "../dataset", "model": "../model"})

    @property
    def path(self) -> Path:
        return self.root / "variations"

    def write(self) -> str:
        half = len(self.variations) // 2
        _write_folder(
            self.path,
            {
                "part-00000.parquet": pa.Table.from_pylist(self.variations[:half], VARIATIONS),
                "part-00001.parquet": pa.Table.from_pylist(self.variations[half:], VARIATIONS),
                "rejects/part-00000.parquet": pa.Table.from_pylist(self.rejects, REJECTS),
            },
            format="blogvae-variations/1",
            settings={"per_post": 2, "change": 0.3, "strategy": "neighbour", "seed": 7, "filters": {"copy": 0.9}},
            inputs=self.inputs,
            counts={},
        )
        (self.path / "metrics.json").write_text(json.dumps(self.metrics))
        _write_folder(
            self.root / "dataset",
            {"posts/part-00000.parquet": pa.Table.from_pylist(self.posts, POSTS)},
            format="blogvae-dataset/1",
        )
        model = self.root / "model"
        model.mkdir(exist_ok=True)
        (model / "curves.png").write_bytes(ONE_PIXEL)
        (model / "metrics.json").write_text(json.dumps({"elbo": -104.25, "bleu": 71.5, "kl": 38.0, "active_units": 96}))
        return str(self.path)


def _write_folder(path, tables, **manifest):
    files = []
    for name, table in tables.items():
        part = path / name
        part.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, part)
        content = part.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        files.append({"path": name, "rows": table.num_rows, "bytes": len(content), "sha256": sha256})
    (path / "MANIFEST.json").write_text(json.dumps({**manifest, "files": files}))


def post(post_id, text, **metadata):
    return {"post_id": post_id, "title": post_id.title(), "category": [], "language": "en", "text": text, **metadata}


def variation(post_id, variant, text, *, change=0.25, **scores):
    return {
        **post(post_id, text),
        "variant": variant,
        "change_requested": 0.3,
        "change_measured": change,
        "scores": {"length_ratio": 1.0, **scores},
    }


def reject(post_id, rule, *, value="0.95", threshold="0.9", excerpt="", stage="candidate"):
    return {
        "source": "posts.csv",
        "position": 1,
        "post_id": post_id,
        "stage": stage,
        "reason": rule,
        "value": value,
        "threshold": threshold,
        "excerpt": excerpt,
        "rule": rule,
    }


@pytest.fixture
def variations_folder(tmp_path):
    """Five posts: one plain, one with markup, one with an emoji, one of 2,000 words, one with nothing accepted."""
    markup = "Never paste <script>alert(1)</script> or <img src=x onerror=\"document.title='ran'\"> & walk away."
    return VariationsFolder(
        root=tmp_path,
        posts=[
            post("orchard", ORCHARD, title="The orchard opens", author="Mae Okafor", date="2024-05-04"),
            post("markup", markup, title="<script>alert(2)</script> claims"),
            post("emoji", "Seeds 🌱 are small. Families 👩‍👩‍👧 are not."),
            post("long", LONG),
            post("lonely", "Nothing came of this one."),
        ],
        variations=[
            variation("orchard", 2, ORCHARD.replace("neighbours", "people"), change=0.04),
            variation("orchard", 1, ORCHARD.replace("oldest", "tallest").replace("bears", "gives"), change=0.07),
            variation("markup", 1, markup.replace("walk", "run"), change=0.1),
            variation("emoji", 1, "Seeds 🌱 are tiny. Families 👩‍👩‍👧 are not.", change=0.14),
            variation("long", 1, LONG.replace("surprised", "startled", 2), change=0.001, copy=0.62),
        ],
        rejects=[
            reject("lonely", "copy", excerpt="Nothing came of this one."),
            reject("lonely", "copy | sibling", value="0.97 | 1", threshold="0.9 | 0.95", excerpt="<i>Nothing</i>"),
            reject("orchard", "repetition", value="0.41", threshold="0.2", excerpt="the the the"),
        ],
        metrics={
            "posts": 5,
            "candidates": 8,
            "accepted": 5,
            "rejected": 3,
            "rejected_by_rule": {"copy": 2, "repetition": 1, "sibling": 1},
            "change_requested": 0.3,
            "change_measured": 0.08,
        },
    )
