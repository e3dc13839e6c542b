"""A blind sheet for readers: variations of ours beside those of the best other system at the same measured change.

    python3.11 -m venv QUALITY
    QUALITY/bin/pip install torch==2.13.0
    QUALITY/bin/pip install --requirement benchmarks/requirements-quality.txt
    blogvae augment --dataset DATASET --model MODEL --per-post 4 --change 0.3 --output OUT/ours
    PYTHONPATH=.:benchmarks QUALITY/bin/python benchmarks/reading/reading.py \
        --dataset DATASET --variations OUT/ours --trained-on TRAINED --output OUT

TRAINED is the dataset that the model was trained on: the posts it held out train the language model that judges, its
training posts tell what leaks. Each peer is tuned until it changes as many words of DATASET's posts as ours. Of those
that can, the best has the lowest perplexity "without links" at a similarity of 0.75 or more (with links, breaking
addresses would decide). Its variations become a folder in OUT, beside table.md, figures.json and what `blogvae rate`
makes of both folders: sheet.html, the same as sheet.txt, and their key. The program that --blogvae names runs in its
own environment. docs/reading-test.md says how to go on.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import torch
from measure import CORE, ROOT
from peer_folder import write_peer
from peers import NEAR, PEERS, mean_change, tuned
from quality import EACH, measure
from quality_language_model import PieceModel
from quality_measures import Embeddings, Judges, masked_passages
from quality_posts import Made, manifest_files, passages_of
from quality_report import table
from quality_systems import System, warm_up

from vae.spans import SpanIndex

if TYPE_CHECKING:
    from collections.abc import Collection

    from peers import Tuned

OURS = "ours"
PAIRS = 60
SEED = 0
LEAST_SIMILAR = 0.75
"""What this project asks of its own variations, and so of the best peer."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", required=True, type=Path, metavar="DIR", help="the posts that were varied")
    parser.add_argument("--variations", required=True, type=Path, metavar="DIR", help=f"ours, {EACH} of each post")
    parser.add_argument("--trained-on", required=True, type=Path, metavar="DIR", help="the model's dataset")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="passages, each with a variation of both systems")
    parser.add_argument("--blogvae", type=Path, default=ROOT / ".venv/bin/blogvae", metavar="PROGRAM")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR")
    args = parser.parse_args()
    os.sched_setaffinity(0, {CORE})
    torch.set_num_threads(1)
    args.output.mkdir(parents=True, exist_ok=True)
    rows, ours = varied_posts(args.dataset, args.variations)
    sources = [passages_of(row) for row in rows]
    change = mean_change(sources, ours)
    warm_up()
    peers = [tuned(name, sources, change=change, count=EACH, seed=SEED) for name in PEERS]
    reached = {f"{peer.name} at {peer.share:.3f}": peer for peer in peers if peer.reached}
    systems = [System(name=name, runs=[peer.variations], seconds=[]) for name, peer in reached.items()]
    judges = judges_of(args.trained_on, apart={row["post_id"] for row in rows})
    figures = measure(
        [System(name=OURS, runs=[ours], seconds=[]), *systems],
        sources,
        judges,
        Embeddings(args.output / "embeddings.npz"),
    )
    best = best_of({name: figures[name] for name in reached})
    folder = args.output / re.sub(r"\W+", "-", reached[best].name)
    write_peer(folder, reached[best], rows=rows, dataset=args.dataset)
    told = f"{len(rows)} posts, {change:.3f} of the words changed by ours.\n\n{table(figures)}\n{missed(peers)}"
    told += f"The best of the others: {best}.\n"
    (args.output / "table.md").write_text(told, encoding="utf-8")
    (args.output / "figures.json").write_text(json.dumps(figures, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    print(told)
    for form in ("sheet.html", "sheet.txt"):
        rate(args.blogvae, args.output, folders=[args.variations, folder], pairs=args.pairs, form=form)


def varied_posts(dataset: Path, folder: Path) -> tuple[list[dict[str, Any]], list[list[tuple[str, ...]]]]:
    """The rows of posts/ that the folder has variations of, and these."""
    rows = [row for path in manifest_files(dataset, "posts/") for row in pq.read_table(path).to_pylist()]
    made = Made.read(folder, rows, most=EACH).variations
    kept = [(row, variations) for row, variations in zip(rows, made, strict=True) if variations]
    return [row for row, _ in kept], [variations for _, variations in kept]


def judges_of(dataset: Path, *, apart: Collection[str]) -> Judges:
    """By what the dataset held out, posts of these ids apart, and by what it trained on."""
    rows = [row for path in manifest_files(dataset, "posts/") for row in pq.read_table(path).to_pylist()]
    held_out = [row for row in rows if row["split"] != "train" and row["post_id"] not in apart]
    training = [row for row in rows if row["split"] == "train"]
    return Judges(
        language_model=PieceModel.of([text for row in held_out for text in masked_passages(passages_of(row))]),
        training_runs=SpanIndex.of(text for row in training for text in masked_passages(passages_of(row))),
    )


def best_of(figures: dict[str, dict[str, Any]]) -> str:
    """Of the lowest perplexity without links among those similar enough; the most similar where none is."""
    if not figures:
        sys.exit("no other system reaches the change of ours")
    similar = [name for name in figures if figures[name]["similarity"][0] >= LEAST_SIMILAR]
    if similar:
        return min(similar, key=lambda name: figures[name]["surprise_plain"][0])
    return max(figures, key=lambda name: figures[name]["similarity"][0])


def missed(peers: list[Tuned]) -> str:
    """A line for each that does not come within NEAR of the change of ours."""
    return "".join(
        f"{peer.name} does not come within {NEAR} of it: {peer.changed:.3f} at {peer.share:g}.\n"
        for peer in peers
        if not peer.reached
    )


def rate(program: Path, output: Path, *, folders: list[Path], pairs: int, form: str) -> None:
    """Runs `blogvae rate` in the output folder, so that the key names folders as seen from there."""
    command: list[str | Path] = [program.absolute(), "rate", "--pairs", str(pairs), "--output", form]
    for folder in folders:
        command += ["--variations", os.path.relpath(folder, output)]
    if subprocess.run(command, cwd=output, check=False).returncode:
        sys.exit(f"`blogvae rate` wrote no {form}")


if __name__ == "__main__":
    main()
