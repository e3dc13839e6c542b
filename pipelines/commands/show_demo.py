"""Prints a few posts beside their variations, and how many candidates each rule rejected. `make demo` ends with it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

POSTS_SHOWN = 6
CHARACTERS_SHOWN = 260


def main() -> int:
    """Prints six posts with two variations each, the counts by rule, and where the report is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variations", required=True)
    parser.add_argument("--report", required=True)
    args = parser.parse_args()
    try:
        show(args.variations, args.report)
    except (OSError, ValueError) as error:
        print(f"blogvae: {error}", file=sys.stderr)
        return 2
    return 0


def show(variations: str, report: str) -> None:
    """Prints the table for this folder of variations and its dataset; reads only files that the manifests list."""
    manifest, metrics = (json.loads(Path(variations, name).read_text()) for name in ("MANIFEST.json", "metrics.json"))
    rows = _read(variations, manifest, "part-", ["post_id", "variant", "text", "title", "change_measured"])
    dataset = f"{variations}/{manifest['inputs']['dataset']}"
    posts = _read(dataset, json.loads(Path(dataset, "MANIFEST.json").read_text()), "posts/", ["post_id", "text"])
    sources = {str(post["post_id"]): str(post["text"]) for post in posts}
    console = Console(width=None if sys.stdout.isatty() else 140)
    table = Table("post", "first variation", "second variation", show_lines=True)
    by_post: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        by_post.setdefault(str(row["post_id"]), []).append(row)
    whole = sorted(
        (post_id for post_id, of_post in by_post.items() if len(of_post) > 1), key=lambda post_id: post_id[::-1]
    )
    for post_id in whole[:POSTS_SHOWN]:
        first, second = by_post[post_id][:2]
        table.add_row(f"{first['title']}\n\n{_start(sources[post_id])}", _shown(first), _shown(second))
    console.print(table, markup=False) if whole else console.print("no post has two accepted variations")
    counts = Table("rule", "rejected candidates")
    for rule, count in sorted(metrics["rejected_by_rule"].items(), key=lambda pair: -pair[1]):
        counts.add_row(rule, f"{count:,}")
    console.print(counts)
    console.print(
        f"{metrics['posts']:,} posts, {metrics['candidates']:,} candidates: {metrics['accepted']:,} accepted, "
        f"{metrics['rejected']:,} rejected; {metrics['posts_short']:,} posts have fewer variations than asked.\n"
        f"Report: {report}"
    )


def _read(
    folder: str, manifest: dict[str, list[dict[str, str]]], prefix: str, columns: list[str]
) -> list[dict[str, object]]:
    paths = [f"{folder}/{file['path']}" for file in manifest["files"] if file["path"].startswith(prefix)]
    return [row for path in paths for row in pa.Table.to_pylist(pq.read_table(path, columns=columns))]


def _shown(row: dict[str, object]) -> str:
    return f"{float(str(row['change_measured'])):.0%} changed\n\n{_start(str(row['text']))}"


def _start(text: str) -> str:
    return text if len(text) <= CHARACTERS_SHOWN else f"{text[:CHARACTERS_SHOWN].rsplit(None, 1)[0]} …"


if __name__ == "__main__":
    sys.exit(main())
