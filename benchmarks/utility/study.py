r"""Measures whether variations help a classifier of topics: ours beside nothing, duplicates, AEDA, EDA and nlpaug.

    python3.11 -m venv QUALITY
    QUALITY/bin/pip install torch==2.13.0
    QUALITY/bin/pip install --requirement benchmarks/requirements-quality.txt
    PYTHONPATH=.:benchmarks QUALITY/bin/python benchmarks/utility/study.py \
        --dataset DATASET --topics govblogs_topics.csv --model base-en --remedies 0.1 --processes 2 --output OUT

`blogvae prepare` makes DATASET of the folder whose posts the topics label. Only the first 100 words of each post are
used. What is done is kept in OUT and not done again, so the peers can be measured without --model before the model
exists. The program that --blogvae names runs in its own environment, with the Python beside it.

All arms have the same splits, four variations of each training post, and the same choice of settings. Variations that
need no labels are made once. Those toward a class are made from the training posts of each split alone, which costs as
much again for every split; so the larger sizes have fewer splits (--conditional-splits).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from measure import ONE_THREAD, ROOT

os.environ |= ONE_THREAD  # before NumPy is imported

from arms import BASELINES, our_arms, remedies
from labelled_posts import SIZES, LabelledPosts, splits
from report import write_report
from stages import SEED, Study, embedding, judging, making, scoring
from variations import Blogvae, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stages import Task

SPLITS = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", required=True, type=Path, metavar="DIR")
    parser.add_argument("--topics", required=True, type=Path, metavar="FILE.csv")
    parser.add_argument("--model", help="a folder, or the name of a model that ships; without it, peers alone")
    parser.add_argument("--blogvae", type=Path, default=ROOT / ".venv/bin/blogvae", metavar="PROGRAM")
    parser.add_argument("--changes", default="0.1,0.3,0.5", metavar="SHARE,...", help="changes of ours")
    parser.add_argument(
        "--conditional", default="0.3", metavar="SHARE", help="change of our variations toward the class"
    )
    parser.add_argument(
        "--conditional-splits",
        default="15,2,1",
        metavar="N,N,N",
        help=f"splits with {', '.join(SIZES)} posts of a class",
    )
    parser.add_argument("--remedies", metavar="SHARE", help="try remedies at this one of --changes")
    parser.add_argument(
        "--judged", action="append", default=[], metavar="NAME=FILE.yaml", help="other rules, as a remedy"
    )
    parser.add_argument("--splits", type=int, default=SPLITS)
    parser.add_argument("--per-class", type=int, help="posts of each class, for a trial")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--output", required=True, type=Path, metavar="DIR")
    args = parser.parse_args()
    if (args.remedies and not args.model) or (args.judged and not args.remedies):
        parser.error("--judged needs --remedies, and --remedies needs --model")
    if args.remedies and args.remedies not in args.changes.split(","):
        parser.error(f"--remedies {args.remedies} is none of --changes {args.changes}")
    posts = LabelledPosts.of(args.dataset, args.topics, per_class=args.per_class)
    changes, judged = args.changes.split(","), dict(each.split("=", 1) for each in args.judged)
    own = our_arms(changes, args.conditional) if args.model else ()
    rules = {name: Path(file).resolve() for name, file in judged.items()}
    conditional = [min(int(each), args.splits) for each in args.conditional_splits.split(",")]
    study = Study(
        output=args.output.resolve(),
        posts=posts,
        splits=[*splits(posts.labels, args.splits, seed=SEED)],
        arms=(*BASELINES, *own, *(remedies(args.remedies, rules) if args.remedies else ())),
        guided_splits=dict(zip(SIZES, conditional, strict=True)),
    )
    for folder in ("made", "scores"):
        (study.output / folder).mkdir(parents=True, exist_ok=True)
    model = str(Path(args.model).resolve()) if args.model and Path(args.model).exists() else args.model
    only_this_study(study.output, {"posts": posts.sha256, "splits": args.splits, "model": model})
    dataset = posts.write(args.dataset, study.output / "posts")
    blogvae = Blogvae(program=args.blogvae.absolute(), model=model)
    with ProcessPoolExecutor(args.processes, mp_context=get_context("spawn")) as pool:
        run(making(study, dataset=dataset, blogvae=blogvae), pool)
        run(judging(study, blogvae=blogvae), pool)
        run(embedding(study), pool)
        run(scoring(study), pool)
    write_report(study)


def only_this_study(output: Path, settings: dict[str, str | int | None]) -> None:
    """Ends the script if the folder has parts of another study; a model may be added later."""
    file = output / "settings.json"
    earlier = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    given = {name: value for name, value in settings.items() if value is not None}
    for name in given.keys() & earlier.keys():
        if given[name] != earlier[name]:
            sys.exit(f"{output} holds a study with {name} {earlier[name]}, not {given[name]}: name another --output")
    write_json(file, earlier | given)


def run(tasks: Iterator[Task], pool: ProcessPoolExecutor) -> None:
    """Runs the tasks whose file does not exist yet, in the pool."""
    started = time.perf_counter()
    waiting = [(task, pool.submit(task.make, task.path, **task.given)) for task in tasks if not task.path.exists()]
    for task, future in waiting:
        future.result()
        print(f"{time.perf_counter() - started:6.0f} s  {task.path.name}", file=sys.stderr)


if __name__ == "__main__":
    main()
