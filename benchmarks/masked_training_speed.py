"""Compares training of the preset `small`, which is a masked model, with a bare loop over the same model and batches.

`ours` is all of `fit`, Lightning, checkpoints and logs included. `bare` does what a step needs and no more: the terms
of the objective in bf16, the backward pass, clipping, the optimizer and its schedule. Both have the same weights at the
start, the same batches and the same optimizer, and each run is a process of its own, with one thread. The
dataset is made for the run by made_corpus.py, or given; an epoch of it must be longer than a run.

    python benchmarks/masked_training_speed.py
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import torch
from made_corpus import make
from measure import ONE_THREAD, ROOT, TOKENIZER, prepare_command, report, versions

from vae.data.batches import Batches
from vae.data.dataset import Dataset
from vae.hardware import fast_bf16, keep_freed_memory
from vae.models.families import text_model
from vae.settings import Settings, load_preset, override
from vae.training.fit import fit
from vae.training.objective import beta_at, objective
from vae.training.optimizers import optimizer_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vae.data.text_batch import TextBatch
    from vae.models.text_model import TextModel

WARM_UP = 12
"""Steps before the clock runs. The first line for TensorBoard, whose libraries are loaded then, is among them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", type=Path, help="a prepared dataset, to read this one instead of the sample")
    parser.add_argument("--steps", type=int, default=30, help="of each run, besides the warm-up")
    parser.add_argument("--runs", type=int, default=3, help="of each side")
    parser.add_argument("--side", choices=sorted(SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--record", action="store_true", help="write the result to benchmarks/results/")
    args = parser.parse_args()
    if args.side:
        print(json.dumps(SIDES[args.side](args.dataset, args.steps)))
        return
    with tempfile.TemporaryDirectory() as work:
        result = compare(args.dataset or prepared(Path(work)), steps=args.steps, runs=args.runs)
    read = "--dataset DATASET " if args.dataset else ""
    command = f"python benchmarks/masked_training_speed.py {read}--steps {args.steps} --runs {args.runs}"
    report({"name": "masked_training_speed", "command": command, **result}, record=args.record)


def prepared(work: Path) -> Path:
    """Prepares 2 MB of the made corpus with base-en's tokenizer, some 300 batches; returns the dataset."""
    corpora, dataset = make(work / "corpus", megabytes=2), work / "dataset"
    command = prepare_command(corpora=corpora, tokenizer=TOKENIZER, output=dataset)
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return dataset


def compare(dataset: Path, *, steps: int, runs: int) -> dict[str, Any]:
    """Runs both sides in turn, and returns the result; with ratios above 1, ours is faster."""
    done_runs: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    command = [sys.executable, __file__, "--dataset", dataset, "--steps", str(steps), "--side"]
    for run in range(runs):
        for side in SIDES:
            done = subprocess.run([*command, side], env=os.environ | ONE_THREAD, stdout=subprocess.PIPE, check=True)
            done_runs[side].append(json.loads(done.stdout.splitlines()[-1]))
            print(f"run {run + 1}: {side} {done_runs[side][-1]}", file=sys.stderr)
    speeds = {
        f"{side} {clock}": median(run["pieces"] / run[clock] for run in runs_of_side)
        for side, runs_of_side in done_runs.items()
        for clock in ("seconds", "cpu_seconds")
    }
    return {
        "versions": versions("torch", "lightning"),
        "steps": steps,
        "runs": done_runs,
        "pieces_per_second": round(speeds["ours seconds"], 1),
        "ratio": round(speeds["ours seconds"] / speeds["bare seconds"], 3),
        "cpu_ratio": round(speeds["ours cpu_seconds"] / speeds["bare cpu_seconds"], 3),
    }


class Timed(Batches):
    """Batches that time what is done with them, from the end of the warm-up to the request after the last one."""

    def __iter__(self) -> Iterator[TextBatch]:
        pieces = 0
        for number, batch in enumerate(super().__iter__()):
            if number == WARM_UP:
                started, cpu, pieces = time.perf_counter(), time.process_time(), 0
            pieces += batch.units
            yield batch
            if number >= WARM_UP:
                self.figures = {
                    "seconds": time.perf_counter() - started,
                    "cpu_seconds": time.process_time() - cpu,
                    "pieces": pieces,
                }


class FirstBatch(Batches):
    """The first batch alone."""

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[TextBatch]:
        return islice(super().__iter__(), 1)


def start(dataset: Path, steps: int) -> tuple[Settings, TextModel, Dataset, Timed]:
    """Returns the settings of `small` for so many steps, a new model, the dataset and its training batches."""
    keep_freed_memory()
    settings, opened = override(load_preset("small"), [f"steps={steps + WARM_UP}"]), Dataset.open(dataset)
    torch.manual_seed(0)
    model = text_model(settings.model, vocab_size=opened.tokenizer().vocab_size, max_len=opened.max_len)
    model.vectors.normal_()
    batches = Timed(opened.shards("train"), batch_pieces=settings.training.batch_pieces, seed=0)
    return settings, model.train(), opened, batches


def ours(dataset: Path, steps: int) -> dict[str, float]:
    """Times training by `fit` as it is; the validation at its end is of one batch and not timed."""
    settings, model, opened, batches = start(dataset, steps)
    validation = FirstBatch(opened.shards("validation"), batch_pieces=settings.training.batch_pieces, seed=None)
    with tempfile.TemporaryDirectory() as folder:
        fit(model, settings, train=batches, validation=validation, folder=Path(folder), resume=False)
    return batches.figures


def bare(dataset: Path, steps: int) -> dict[str, float]:
    """Times training by a plain loop with nothing around it."""
    settings, model, _, batches = start(dataset, steps)
    total, training = steps + WARM_UP, settings.training
    optimizer = optimizer_of(model, training)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / training.warmup_steps))
    for step, batch in enumerate(islice(batches, total)):
        noise = torch.randn(len(batch), model.slots, model.dim)
        with torch.autocast("cpu", torch.bfloat16, enabled=fast_bf16("cpu")):
            terms = objective(model, batch, settings.objective, noise=noise)
            loss = terms.cost(beta_at(step, total, settings.objective)) / batch.units
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), training.clip)
        optimizer.step()
        schedule.step()
    return batches.figures


SIDES = {"bare": bare, "ours": ours}

if __name__ == "__main__":
    main()
