"""Writes folders with parts of variations, as `augment` does, with as many rows as a test needs."""

import json

import pyarrow as pa
import pyarrow.parquet as pq

STRINGS = pa.list_(pa.string())
EDITS = pa.list_(pa.struct({"segment": pa.int32(), "start": pa.int32(), "old": pa.string(), "new": pa.string()}))
VARIATIONS = pa.schema(
    {"variation_id": pa.string(), "post_id": pa.string(), "variant": pa.int32(), "candidate": pa.int32()}
    | {"text": pa.string(), "title": pa.string(), "author": pa.string(), "date": pa.string()}
    | {"category": STRINGS, "tags": STRINGS, "language": pa.string(), "strategy": pa.string(), "seed": pa.int64()}
    | {"change_requested": pa.float64(), "change_measured": pa.float64()}
    | {"scores": pa.struct({"drift": pa.float64(), "cycle": pa.float64()})}
    | {"segments_changed": pa.int32(), "model_sha256": pa.string(), "edits": EDITS}
)


def variation(post_id="orchard", variant=1, **columns):
    return {
        "variation_id": f"{post_id}~v{variant}",
        "post_id": post_id,
        "variant": variant,
        "candidate": variant + 1,
        "text": "The orchard opened on Saturday.",
        "title": "The orchard opens",
        "author": "Mae Okafor",
        "date": "2024-05-04",
        "category": ["garden"],
        "tags": ["apples", "autumn"],
        "language": "en",
        "strategy": "neighbour",
        "seed": 7,
        "change_requested": 0.3,
        "change_measured": 0.25,
        "scores": {"drift": 0.25, "cycle": None},
        "segments_changed": 1,
        "model_sha256": "ab" * 32,
        "edits": [{"segment": 0, "start": 2, "old": "began", "new": "opened"}],
        **columns,
    }


def write_parts(folder, *parts):
    """Writes a part for every list of rows, in row groups of two, and the manifest. Returns the folder."""
    folder.mkdir(exist_ok=True)
    files = []
    for number, rows in enumerate(parts):
        path = f"part-{number}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, VARIATIONS), folder / path, row_group_size=2)
        files.append({"path": path, "rows": len(rows)})
    (folder / "MANIFEST.json").write_text(json.dumps({"format": "blogvae-variations/1", "files": files}))
    return folder
