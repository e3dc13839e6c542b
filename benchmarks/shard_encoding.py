"""Compares Parquet encodings and row orders of shards by speed and size.

    python benchmarks/shard_encoding.py DATASET

The baseline is pyarrow's default (dictionaries) with rows in the order of posts, as prepare writes them.
BYTE_STREAM_SPLIT is smaller and faster, but DuckDB 1.5 reads it only for floats (duckdb#17114).
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measure import report, versions

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from pipelines.dataset.merge_shards import SHARD_GROUP

if TYPE_CHECKING:
    from numpy.typing import NDArray

RUNS = 5
IDS = "input_ids.list.element"


def encodings() -> dict[str, dict[str, Any]]:
    """Returns options of ParquetWriter by name; prepare writes "dictionary", the default."""
    others = {"post_id": "DELTA_BYTE_ARRAY", "segment": "DELTA_BINARY_PACKED", "length": "DELTA_BINARY_PACKED"}
    return {
        "dictionary": {},
        "plain": {"use_dictionary": False},
        "delta": {"use_dictionary": False, "column_encoding": {**others, IDS: "DELTA_BINARY_PACKED"}},
        "byte stream split": {"use_dictionary": False, "column_encoding": {**others, IDS: "BYTE_STREAM_SPLIT"}},
    }


def orders(table: pa.Table) -> dict[str, NDArray[np.int64]]:
    """Returns several orders of the rows, by name."""
    ids = table.column("input_ids").combine_chunks().flatten().to_numpy().reshape(len(table), -1)
    lengths = table.column("length").to_numpy()
    return {
        "as the posts": np.arange(len(table)),
        "by length": np.argsort(lengths, kind="stable"),
        "by ids": np.lexsort(ids.T[::-1]),
    }


def measured(table: pa.Table, options: dict[str, Any]) -> dict[str, float]:
    """Measures the size in bytes, and the median seconds to write and to read."""
    writes, reads = [], []
    for _ in range(RUNS):
        buffer = io.BytesIO()
        started = time.perf_counter()
        pq.write_table(table, buffer, compression="zstd", row_group_size=SHARD_GROUP, **options)
        writes.append(time.perf_counter() - started)
        started = time.perf_counter()
        pq.read_table(pa.BufferReader(buffer.getvalue()), use_threads=False)
        reads.append(time.perf_counter() - started)
    return {"bytes": len(buffer.getvalue()), "write_seconds": median(writes), "read_seconds": median(reads)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    manifest = json.loads((args.dataset / "MANIFEST.json").read_text())
    widest = f"shards/split=train/bucket={manifest['settings']['max_len']}/"
    paths = [args.dataset / file["path"] for file in manifest["files"] if file["path"].startswith(widest)]
    table = pa.concat_tables([pq.ParquetFile(path).read() for path in paths]).combine_chunks()
    figures = {
        f"{encoding}, {order}": measured(table.take(pa.array(rows)), options)
        for order, rows in orders(table).items()
        for encoding, options in encodings().items()
    }
    baseline, split = figures["dictionary, as the posts"], figures["byte stream split, as the posts"]
    result = {
        "name": "shard_encoding",
        "command": "python benchmarks/shard_encoding.py DATASET",
        "versions": versions("pyarrow", "blogvae"),
        "corpus": {"rows": len(table), "ids": len(table) * manifest["settings"]["max_len"]},
        "figures": {name: {key: round(value, 4) for key, value in each.items()} for name, each in figures.items()},
        "ratio_of_byte_stream_split": {key: round(split[key] / baseline[key], 3) for key in split},
    }
    report(result, record=args.record)


if __name__ == "__main__":
    main()
