"""Compares `augment` by two workers with `augment` by one, in turn, starts included.

A worker takes a unit of 64 posts at a time, so the dataset needs at least two whole units of like length: posts that
`made_corpus.py` writes, or the first 128 posts of real ones.

    python benchmarks/augment_workers.py --dataset DATASET --model base-en --posts 128 --record
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from measure import in_turn, report, run_on_all_cores, versions

if TYPE_CHECKING:
    from measure import Usage

WORKERS = (1, 2)


def main() -> None:
    """Runs both sides in turn, and reports how many times as fast two workers are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", required=True, type=Path, metavar="DIR", help="written by prepare")
    parser.add_argument("--model", default="base-en", metavar="DIR", help="written by train")
    parser.add_argument("--posts", type=int, default=128, help="how many posts, the first of the dataset")
    parser.add_argument("--per-post", type=int, default=2, help="variations of each")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    sides = {str(workers): partial(augment, args, workers) for workers in WORKERS}
    usages = in_turn(sides, runs=args.runs)
    one, two = (median(usage.wall_seconds for usage in usages[str(workers)]) for workers in WORKERS)
    report(
        {
            "name": "augment_workers",
            "command": f"augment_workers.py --dataset DATASET --model {args.model} --posts {args.posts} "
            f"--per-post {args.per_post} --runs {args.runs}",
            "versions": versions("blogvae", "torch", "apache-beam"),
            "runs": {workers: [asdict(usage) for usage in of_side] for workers, of_side in usages.items()},
            "posts_per_second": {"1": round(args.posts / one, 3), "2": round(args.posts / two, 3)},
            "ratio": round(one / two, 3),
        },
        record=args.record,
        cores_used=max(WORKERS),
    )


def augment(args: argparse.Namespace, workers: int) -> Usage:
    """Runs `augment` with this number of workers into a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pipelines.cli", "augment", "--input", args.dataset.resolve()]
        command += ["--model", args.model, "--output", f"{folder}/variations", "--limit", str(args.posts)]
        command += ["--per-post", str(args.per_post), "--direct_num_workers", str(workers)]
        return run_on_all_cores(command)


if __name__ == "__main__":
    main()
