"""Compares the work of `augment` on a post with the model's own passes alone, and times `vary`.

- `variations`: proposes, weighs and chooses exchanges, looks at them a second time, and puts the texts together.
- `judging`: measures and judges candidates by every rule of default.yaml that can be measured here.
- `passes`: repeats the passes of the model (encoder, decoder, output layer) and of the sentence encoder that both
  needed, in a bare loop.
- `vary`: runs the command once for a text of 40 words; it takes wall-clock seconds, loading included.

A candidate is one variation of a whole post, accepted or not. The other times are processor seconds in one thread, as
in a worker of `augment`. Posts per second are for `--per-post` candidates of each, scaled to posts of POST_WORDS.

    python benchmarks/augment_speed.py --dataset DATASET --model base-en --record
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import torch
from measure import report, versions
from passages import EVERYDAY, read_passages

from pipelines.augment.post_segments import assemble_post, segment_post
from pipelines.beam.local_model import loaded_model
from pipelines.filters.all_rules import failures, load_rules, measure_all
from pipelines.filters.rule import Candidate
from vae.language.sentence_encoder import SentenceEncoder
from vae.variation.sampling import Sampling
from vae.variation.variation_maker import VariationMaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipelines.augment.post_segments import SegmentedPost
    from vae.text_vae import TextVAE
    from vae.variation.variation import Variation

    VariedPosts = list[tuple[SegmentedPost, Variation]]

POST_WORDS = 400

_PASSES = ("encode", "features", "scores")
"""The methods of a masked model that multiply matrices."""


def main() -> None:
    """Runs the sides in turn, and reports the ratios of their medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", required=True, type=Path, metavar="DIR", help="written by prepare")
    parser.add_argument("--model", default="base-en", metavar="DIR", help="written by train")
    parser.add_argument("--posts", type=int, default=24, help="how many posts, the first by id")
    parser.add_argument("--per-post", type=int, default=2, help="candidates of each")
    parser.add_argument("--change", type=float, default=0.15)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = loaded_model(args.model)
    plans = [plan for row in _posts(args.dataset)[: args.posts] if (plan := segment_post(row, model)).can_vary]
    sides = Sides(model, per_post=args.per_post, change=args.change)
    sides.run(plans[:1])  # pays what is paid once
    runs = []
    for number in range(1, args.runs + 1):
        runs.append(sides.run(plans))
        print(f"run {number}: { ({name: round(took, 2) for name, took in runs[-1].items()}) } s", file=sys.stderr)
    seconds = {name: [run[name] for run in runs] for name in runs[0]}
    middle = {name: median(values) for name, values in seconds.items()}
    words = sum(len(segment.text.split()) for plan in plans for segment in plan.segments if segment.ids)
    whole = middle["variations"] + middle["judging"]
    report(
        {
            "name": "augment_speed",
            "command": f"augment_speed.py --dataset DATASET --model {args.model} --posts {args.posts} "
            f"--per-post {args.per_post} --change {args.change} --runs {args.runs}",
            "versions": versions("blogvae", "torch"),
            "model": {
                "family": model.settings.model.family,
                "parameters": sum(weight.numel() for weight in model.module.parameters()),
            },
            "corpus": {"posts": len(plans), "words": words, "candidates": len(plans) * args.per_post},
            "seconds": seconds,
            "vary_seconds": [vary_once(args.model) for _ in range(args.runs)],
            "ratios": {
                "variations and judging / passes": round(whole / middle["passes"], 3),
                "judging / all": round(middle["judging"] / whole, 3),
            },
            "posts_of_400_words_per_second": round(words / POST_WORDS / whole, 3),
        },
        record=args.record,
    )


class Sides:
    """Runs the sides of the comparison; the bare loop repeats the passes of the model that the others needed."""

    def __init__(self, model: TextVAE, *, per_post: int, change: float) -> None:
        self._model, self._per_post, self._rules = model, per_post, load_rules()
        self._sampling = Sampling(change=change)
        self._calls: list[Callable[[], Any]] = []
        for name in _PASSES:
            setattr(model.reader, name, self._recorded(getattr(model.reader, name)))
        for layer in SentenceEncoder.load().bert.layers:
            layer.forward = self._recorded(layer.forward)  # type: ignore[method-assign]

    def run(self, plans: Sequence[SegmentedPost]) -> dict[str, float]:
        """Runs all sides on these posts, and returns the processor seconds of each."""
        seconds: dict[str, float] = {}
        self._calls.clear()
        self._model.__dict__.pop("_read_row", None)  # what the run before it read and remembered
        with _timed(seconds, "variations"):
            varied = self._vary(plans)
        with _timed(seconds, "judging"):
            self._judge(varied)
        with _timed(seconds, "passes"), torch.inference_mode():
            for call in self._calls:
                call()
        return seconds

    def _recorded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns the function, which also records its calls."""

        def recorded(*arguments: Any, **options: Any) -> Any:
            self._calls.append(partial(function, *arguments, **options))
            return function(*arguments, **options)

        return recorded

    def _vary(self, plans: Sequence[SegmentedPost]) -> VariedPosts:
        """Makes every candidate of every post, as a unit of augment does."""
        varier = VariationMaker(self._model, self._sampling)
        varied: VariedPosts = []
        for number in range(self._per_post):
            keys = [(plan.post["post_id"], number) for plan in plans]
            languages = [plan.post["language"] or "" for plan in plans]
            varied += zip(plans, varier([plan.segments for plan in plans], keys=keys, languages=languages), strict=True)
        return varied

    def _judge(self, varied: VariedPosts) -> int:
        """Returns how many candidates pass all rules."""
        candidates = [_candidate(self._model, plan, variation) for plan, variation in varied]
        measured = measure_all(candidates, self._rules, self._model)
        return sum(not failures(candidate, self._rules) for candidate in measured)


def vary_once(model: str) -> float:
    """Runs the command `vary` on one passage, and returns its wall-clock seconds."""
    text = read_passages(EVERYDAY)[0].text
    started = time.perf_counter()
    command = [sys.executable, "-m", "pipelines.cli", "vary", "--model", model, "-n", "1", text]
    subprocess.run(command, check=True, capture_output=True)
    return round(time.perf_counter() - started, 2)


def _candidate(model: TextVAE, plan: SegmentedPost, variation: Variation) -> Candidate:
    assembled = assemble_post(plan, variation.segments, edits=variation.edits)
    pairs = zip(plan.segments, variation.segments, strict=True)
    return Candidate(
        source=plan.post["text"],
        text=assembled.text,
        change=assembled.change,
        segments=tuple(
            (segment.protected.masked, model.tokenizer.protect(text).masked) for segment, text in pairs if segment.ids
        ),
        language=plan.post["language"],
        protects=model.tokenizer.protects,
    )


def _posts(dataset: Path) -> list[dict[str, Any]]:
    manifest = json.loads((dataset / "MANIFEST.json").read_text(encoding="utf-8"))
    paths = [dataset / file["path"] for file in manifest["files"] if file["path"].startswith("posts/")]
    rows = [row for path in paths for row in pq.read_table(path).to_pylist()]
    return sorted(rows, key=lambda row: str(row["post_id"]))


@contextmanager
def _timed(seconds: dict[str, float], side: str) -> Iterator[None]:
    started = time.process_time()
    yield
    seconds[side] = time.process_time() - started


if __name__ == "__main__":
    main()
