"""`blogvae demo`: varies the sample corpus that ships, and prints a few posts beside their variations."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from rich.console import Console
from rich.table import Table

from pipelines.commands import run as chain
from pipelines.errors import UserError
from pipelines.flags.demo import COMMAND
from vae.commands.command import main

_INSTALLED = Path(__file__).parents[1] / "sample"

SAMPLE: Final = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[2] / "data"
"""The folder of the sample corpus: data/ in a checkout, which setup.py installs as pipelines/sample."""

CHAIN: Final = "demo.yaml"
"""The file of `blogvae run` that the demo writes to its folder and runs."""

CHAIN_INTRODUCTION: Final = """\
# `blogvae demo` wrote this file and ran it as `blogvae run --config` does. Every key below a command is one of its
# flags. Copy it for a chain of your own. With `train: {init: base-en}` in it and no `model` below augment, the model
# learns from the posts first: some minutes on a GPU, an hour on a CPU.
"""

POSTS_SHOWN = 6
CHARACTERS_SHOWN = 260


def run(args: argparse.Namespace) -> None:
    """Writes the file of the chain, runs it, and prints posts, variations, and counts.

    Raises:
        UserError: the folder is remote or holds files of something else, or no posts are to be varied.
    """
    folder = Path(args.output).absolute()
    file = folder / CHAIN
    if "://" in args.output:
        raise UserError(f"--output {args.output}: the demo writes to this machine; name a folder of it")
    if folder.exists() and not file.is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"--output {args.output} holds something else than a demo; name a new folder")
    if args.limit < 1:
        raise UserError(f"--limit {args.limit}: vary at least one post")
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(chain_text(folder, limit=args.limit), encoding="utf-8")
    chain.run(argparse.Namespace(config=str(file), verbose=args.verbose, log_format=args.log_format))
    show(str(folder / "variations"), str(folder / "report.html"))


def chain_text(folder: Path, *, limit: int) -> str:
    """Returns the file of `blogvae run` that varies the sample corpus in this folder."""
    steps: dict[str, Any] = {
        "folder": str(folder),
        "prepare": {"input": [str(SAMPLE / "posts"), str(SAMPLE / "blog_export.csv")], "tokenizer": "base-en"},
        "augment": {"model": "base-en", "per_post": 2, "limit": limit},
        "report": {},
    }
    return CHAIN_INTRODUCTION + yaml.safe_dump(steps, sort_keys=False)


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
    sys.exit(main(COMMAND))
