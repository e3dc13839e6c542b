"""Measures how the time, memory and disk space of `prepare` grow with the corpus.

    python benchmarks/prepare_growth.py --largest 16

The corpora are those of made_corpus.py: 25 MB, and 4, 16 and 64 times as much up to --largest. All runs use the
tokenizer that a first run trains on the smallest corpus, and two workers. `prepare` grows linearly if each further
megabyte costs as much at the largest size as at the smallest; `bytes_a_post` is the memory that each further post adds
to the largest process.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from made_corpus import make
from measure import report, run_on_all_cores, versions

if TYPE_CHECKING:
    from collections.abc import Sequence

MEGABYTES = 25
SIZES = (1, 4, 16, 64)
WORKERS = 2


def prepare(corpus: Path, output: Path, *flags: str | Path) -> list[str | Path]:
    """Returns the command line of this checkout's `blogvae prepare`."""
    command: list[str | Path] = [sys.executable, "-m", "pipelines.cli", "prepare", "--input", corpus]
    return [*command, "--output", output, "--direct_num_workers", str(WORKERS), *flags]


def bytes_below(*folders: Path) -> int:
    """Returns the size of all files below the folders."""
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())


def measured(size: int, scratch: Path, tokenizer: Path) -> dict[str, Any]:
    """Runs `prepare` on the corpus of this size, and returns its time, memory, and disk space."""
    corpus = make(scratch / f"corpus-{size}", megabytes=MEGABYTES * size)
    output = scratch / f"dataset-{size}"
    usage = run_on_all_cores(prepare(corpus, output, "--tokenizer", tokenizer, "--near-duplicates", "report"))
    counts = json.loads((output / "MANIFEST.json").read_text())["counts"]
    work = bytes_below(output / ".work")
    return {
        "posts": counts["rows_read"],
        "megabytes": round(bytes_below(corpus) / 1e6, 1),
        "seconds": usage.wall_seconds,
        "cpu_seconds": usage.cpu_seconds,
        "largest_process_mb": usage.largest_process_mb,
        "work_mb": round(work / 1e6, 1),
        "output_mb": round((bytes_below(output) - work) / 1e6, 1),
    }


def growth(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Returns what each further post and megabyte costs from one size to the next, and how far from linear that is."""
    figures: dict[str, Any] = {}
    steps = list(pairwise(runs))
    for name in ("seconds", "cpu_seconds"):
        figures[f"{name}_a_mb"] = costs = [
            round((after[name] - before[name]) / (after["megabytes"] - before["megabytes"]), 4)
            for before, after in steps
        ]
        if len(costs) > 1:
            figures[f"{name}_ratio"] = round(costs[-1] / costs[0], 3)
    figures["bytes_a_post"] = [
        round(1e6 * (after["largest_process_mb"] - before["largest_process_mb"]) / (after["posts"] - before["posts"]))
        for before, after in steps
    ]
    figures["work_of_output"] = [round(run["work_mb"] / run["output_mb"], 2) for run in runs]
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=16, choices=SIZES[1:], help="largest corpus, in times 25 MB")
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    sizes = [size for size in SIZES if size <= args.largest]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        first = scratch / "first"
        run_on_all_cores(prepare(make(scratch / "corpus", megabytes=MEGABYTES), first))
        runs = []
        for size in sizes:
            runs.append(measured(size, scratch, first / "tokenizer" / "spm.model"))
            print(f"{size} times: {runs[-1]}", file=sys.stderr)
    result = {
        "name": "prepare_growth",
        "command": f"python benchmarks/prepare_growth.py --largest {args.largest}",
        "versions": versions("apache-beam", "pyarrow", "sentencepiece", "blogvae"),
        "runs": dict(zip((f"x{size}" for size in sizes), runs, strict=True)),
        **growth(runs),
    }
    report(result, record=args.record, cores_used=WORKERS)


if __name__ == "__main__":
    main()
