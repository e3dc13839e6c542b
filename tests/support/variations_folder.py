"""A folder of variations with its dataset and model, for tests of what reads such folders."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.posts.schemas import POSTS_SCHEMA

ONE_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
RULES = ("length_ratio", "repetition", "copy", "drift", "unfinished", "similarity")
VARIATIONS_SCHEMA = pa.schema(
    [
        pa.field("variation_id", pa.string()),
        *(POSTS_SCHEMA.field(name) for name in ("post_id", "title", "author", "date", "category", "tags", "language")),
        pa.field("variant", pa.int32()),
        pa.field("candidate", pa.int32()),
        pa.field("text", pa.string()),
        pa.field("strategy", pa.string()),
        pa.field("seed", pa.int64()),
        pa.field("change_requested", pa.float64()),
        pa.field("change_measured", pa.float64()),
        pa.field("scores", pa.struct([(rule, pa.float64()) for rule in RULES])),
        pa.field("segments_changed", pa.int32()),
        pa.field("model_sha256", pa.string()),
    ]
)
REJECTS_SCHEMA = pa.schema(
    [*VARIATIONS_SCHEMA, *((name, pa.string()) for name in ("stage", "rule", "value", "threshold", "reason"))]
)
EDITS = pa.field(
    "edits",
    pa.list_(
        pa.struct(
            {"segment": pa.int32(), "start": pa.int32(), "old": pa.string(), "new": pa.string()}
            | {"probability": pa.float64()}
        )
    ),
)
FILTERS = {
    "length_ratio": {"minimum": 0.6, "maximum": 1.6},
    "repetition": {"maximum": 0.2},
    "copy": {"minimum": 0.03},
    "drift": {"maximum": 0.65},
    "unfinished": False,
    "similarity": False,
}
SETTINGS = {"per_post": 2, "change": 0.3, "strategy": "neighbour", "seed": 7}
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
    """A variations folder with its dataset and model. A test may change it; `write` puts it on the disk."""

    root: Path
    posts: list[dict]
    variations: list[dict]
    rejects: list[dict]
    metrics: dict
    inputs: dict = field(default_factory=lambda: {"dataset": "../dataset", "model": "../model"})
    filters: dict = field(default_factory=lambda: dict(FILTERS))
    settings: dict = field(default_factory=lambda: {"at_least": 0.5})
    has_edits: bool = True
    """Whether the tables have the column `edits`, which an earlier release lacked."""

    @property
    def path(self) -> Path:
        return self.root / "variations"

    def write(self) -> str:
        half = len(self.variations) // 2
        variations, rejects = (
            schema.append(EDITS) if self.has_edits else schema for schema in (VARIATIONS_SCHEMA, REJECTS_SCHEMA)
        )
        _write_folder(
            self.path,
            {
                "part-00000.parquet": pa.Table.from_pylist(self.variations[:half], variations),
                "part-00001.parquet": pa.Table.from_pylist(self.variations[half:], variations),
                "rejects/part-00000.parquet": pa.Table.from_pylist(self.rejects, rejects),
            },
            format="blogvae-variations/1",
            settings={**SETTINGS, "filters": self.filters, **self.settings},
            inputs=self.inputs,
            counts={},
        )
        (self.path / "metrics.json").write_text(json.dumps(self.metrics))
        _write_folder(
            self.root / "dataset",
            {"posts/part-00000.parquet": pa.Table.from_pylist(self.posts, POSTS_SCHEMA)},
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
        "variation_id": f"{post_id}~v{variant}",
        "variant": variant,
        "candidate": variant,
        "change_requested": 0.3,
        "change_measured": change,
        "scores": {"length_ratio": 1.0, "copy": change, "drift": change, **scores},
    }


def edit(start, old, new, probability):
    return {"segment": 0, "start": start, "old": old, "new": new, "probability": probability}


def reject(post_id, candidate, text, *, change=0.25, failed, **scores):
    """A row of a rejected candidate; `failed` holds (rule, value, threshold) of each rule that rejected it."""
    rules, values, thresholds = (" | ".join(map(str, column)) for column in zip(*failed, strict=True))
    return {
        **variation(post_id, candidate, text, change=change, **scores),
        "variation_id": f"{post_id}~c{candidate}",
        "variant": None,
        "stage": "candidate",
        "rule": rules,
        "value": values,
        "threshold": thresholds,
        "reason": "; ".join(f"{rule}: {value} is beyond {threshold}" for rule, value, threshold in failed),
    }


def shortfall(post_id, reason):
    return {
        **post(post_id, None),
        "variation_id": f"{post_id}~c0",
        "stage": "post",
        "rule": "shortfall",
        "value": "0",
        "threshold": "2",
        "reason": reason,
    }


def small_variations_folder(root):
    """Five posts: one plain, one with markup, one with an emoji, one of 2,000 words, one with nothing accepted."""
    markup = "Never paste <script>alert(1)</script> or <img src=x onerror=\"document.title='ran'\"> & walk away."
    return VariationsFolder(
        root=root,
        posts=[
            post(
                "orchard",
                ORCHARD,
                title="The orchard opens",
                author="Mae Okafor",
                date="2024-05-04",
                category=["garden"],
            ),
            post("markup", markup, title="<script>alert(2)</script> claims"),
            post("emoji", "Seeds 🌱 are small. Families 👩‍👩‍👧 are not."),
            post("long", LONG),
            post("lonely", "Nothing came of this one."),
        ],
        variations=[
            variation("orchard", 2, ORCHARD.replace("neighbours", "people"), change=0.04),
            {
                **variation("orchard", 1, ORCHARD.replace("oldest", "tallest").replace("bears", "gives"), change=0.07),
                "edits": [edit(7, "oldest", "tallest", 0.8125), edit(12, "bears", "gives", 0.5)],
            },
            variation("markup", 1, markup.replace("walk", "run"), change=0.1),
            variation("emoji", 1, "Seeds 🌱 are tiny. Families 👩‍👩‍👧 are not.", change=0.14),
            variation("long", 1, LONG.replace("surprised", "startled", 2), change=0.001, copy=0.62),
        ],
        rejects=[
            reject("lonely", 1, "Nothing came of this one.", change=0.0, failed=[("copy", 0, 0.03)]),
            reject(
                *("lonely", 2, "<i>Everything</i> came of that other."),
                change=0.7,
                failed=[("drift", 0.7, 0.65), ("sibling", 1, 0.97)],
            ),
            reject("orchard", 3, "The the the the.", change=0.6, repetition=0.41, failed=[("repetition", 0.41, 0.2)]),
            shortfall("lonely", "0 of 2 variations after 2 candidates"),
        ],
        metrics={
            "posts": 5,
            "candidates": 8,
            "accepted": 5,
            "rejected": 3,
            "rejected_by_rule": {"copy": 1, "drift": 1, "repetition": 1, "sibling": 1},
            "change_requested": 0.3,
            "change_measured": 0.08,
        },
    )
