"""Compares fine-tuning a trained model, the base, with training a new one for the same processor seconds.

Each dataset must be prepared with the base's tokenizer and --max-len. The base is fine-tuned on it with the preset
`fine-tune`. Then a model of the preset `small` is trained on it from nothing, for as many steps as fit into the same
seconds at its measured speed; counting vectors and validating count on both sides. Both, and the base as it is, are
measured on the test split; with `--base-dataset` also on the test split of the base's dataset, which shows what
fine-tuning forgot.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from choice import Sample
from measure import report, versions

from vae.commands.command import start_log
from vae.data.batches import Batches
from vae.data.corpus import training_rows
from vae.data.dataset import Dataset
from vae.data.split import texts_of
from vae.evaluation.likelihood import bounds, importance_weighted_nll
from vae.evaluation.reconstruction import Reconstruction, reconstruction
from vae.hardware import fast_precision, keep_freed_memory
from vae.models.families import text_model
from vae.models.masked import masked
from vae.settings import load_preset, override
from vae.text_vae import TextVAE
from vae.training.fit import fit
from vae.training.piece_vectors import piece_vectors, word_begins

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("blogvae")

PROBE_STEPS = 40
"""Steps that `small` trains for, to measure its speed."""

IW_TEXTS, IW_SAMPLES, BLEU_TEXTS = 64, 100, 300
COLUMNS = (
    *("dataset", "posts", "name", "seconds", "steps", "nll_iw", "elbo", "bleu", "bleu_sampled", "exact_match"),
    *("base_elbo", "base_bleu"),
)


@dataclass(frozen=True)
class Trained:
    """A model, its optimizer steps, and the processor and wall-clock seconds that making it took."""

    model: TextVAE
    steps: int
    seconds: float
    wall_seconds: float


def main() -> None:
    """Trains and measures on one dataset after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--init", required=True, help="the base, as train --init takes it")
    parser.add_argument("--dataset", required=True, action="append", type=Path, help="may be repeated")
    parser.add_argument("--base-dataset", type=Path, help="what the base was trained on")
    parser.add_argument("--output", required=True, type=Path, help="a folder for each dataset, and fine_tuning.json")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="one setting of fine-tuning")
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    start_log()
    keep_freed_memory()
    base_dataset = Dataset.open(args.base_dataset) if args.base_dataset else None
    rows: list[dict[str, Any]] = []
    for path in args.dataset:
        dataset, folder = Dataset.open(path), args.output / path.name
        base = Trained(TextVAE.load(args.init), steps=0, seconds=0.0, wall_seconds=0.0)
        tuned = fine_tuned(args.init, dataset, args.set, folder / "fine-tuned")
        own = from_nothing(dataset, folder / "from-nothing", seconds=tuned.seconds)
        for name, model in (("base as it is", base), ("fine-tuned", tuned), ("from nothing", own)):
            counts = dataset.manifest["counts"]
            labels = {"dataset": path.name, "posts": counts["posts"], "segments": counts["segments"], "name": name}
            rows.append({**labels, **figures(model, dataset, base_dataset if model is not own else None)})
        (args.output / "fine_tuning.json").write_text(json.dumps(rows, indent=2) + "\n")
        print(table(rows))
    report(
        {
            "name": "fine_tuning",
            "command": " ".join(
                ["fine_tuning.py", "--init", Path(args.init).name, *(f"--dataset {path.name}" for path in args.dataset)]
            ),
            "versions": versions("torch", "lightning"),
            "threads": torch.get_num_threads(),
            "rows": rows,
        },
        record=args.record,
        cores_used=torch.get_num_threads(),
    )


def fine_tuned(init: str, dataset: Dataset, pairs: list[str], folder: Path) -> Trained:
    """Fine-tunes the base with the preset `fine-tune`."""

    def start() -> TextVAE:
        base = TextVAE.load(init)
        settings = override(load_preset("fine-tune"), pairs)
        return TextVAE(base.module, base.tokenizer, replace(settings, model=base.settings.model))

    return trained(start, dataset, folder)


def from_nothing(dataset: Dataset, folder: Path, *, seconds: float) -> Trained:
    """Trains the preset `small` for as many steps as take these processor seconds."""

    def of_steps(steps: int) -> Trained:
        return trained(partial(new_small, dataset, steps), dataset, folder / str(steps))

    first, probe = of_steps(1), of_steps(1 + PROBE_STEPS)
    steps = 1 + max(0, round((seconds - first.seconds) / (probe.seconds - first.seconds) * PROBE_STEPS))
    log.info("%d steps of small take %.0f s of the processor", steps, seconds)
    return of_steps(steps)


def new_small(dataset: Dataset, steps: int) -> TextVAE:
    """Makes a new model of the preset `small`, as `train` does."""
    settings, tokenizer = override(load_preset("small"), [f"steps={steps}"]), dataset.tokenizer()
    torch.manual_seed(settings.training.seed)
    module = masked(text_model(settings.model, vocab_size=tokenizer.vocab_size, max_len=dataset.max_len))
    module.vectors.copy_(piece_vectors(tokenizer, training_rows(dataset.shards("train")), module.config))
    module.begins.copy_(word_begins(tokenizer))
    return TextVAE(module, tokenizer, settings)


def trained(start: Callable[[], TextVAE], dataset: Dataset, folder: Path) -> Trained:
    """Makes a model by `start`, and trains it with its own settings."""
    began, clock = time.process_time(), time.perf_counter()
    model = start()
    pieces, seed = model.settings.training.batch_pieces, model.settings.training.seed
    fitted = fit(
        model.module.train(),
        model.settings,
        train=Batches(dataset.shards("train"), batch_pieces=pieces, seed=seed),
        validation=Batches(dataset.shards("validation"), batch_pieces=pieces, seed=None),
        folder=folder,
        resume=False,
    )
    seconds, wall = time.process_time() - began, time.perf_counter() - clock
    model.module.to("cpu").eval()
    return Trained(model, int(fitted.history[-1]["step"]), round(seconds, 1), round(wall, 1))


def figures(trained_model: Trained, dataset: Dataset, base_dataset: Dataset | None) -> dict[str, Any]:
    """Measures a model on the test split; figures called `base_*` are on the test split of the base's own dataset."""
    model, test = trained_model.model, dataset.shards("test")
    with fast_precision("cpu"):
        nll_iw = torch.cat(
            [
                importance_weighted_nll(model.module, text, samples=IW_SAMPLES, seed=place)
                for place, text in enumerate(islice(Batches(test, batch_pieces=1, seed=0), IW_TEXTS))
            ]
        )
    elbo, back = bound_and_reconstruction(model, dataset)
    base_elbo, base_back = bound_and_reconstruction(model, base_dataset) if base_dataset else (None, None)
    return {
        **{key: getattr(trained_model, key) for key in ("seconds", "wall_seconds", "steps")},
        "nll_iw": float(nll_iw.mean()),
        "elbo": elbo,
        **asdict(back),
        "base_elbo": base_elbo,
        "base_bleu": base_back and base_back.bleu,
    }


def bound_and_reconstruction(model: TextVAE, dataset: Dataset) -> tuple[float, Reconstruction]:
    """Measures the bound and the reconstruction, over the same texts of the test split at every call."""
    test = dataset.shards("test")
    with fast_precision("cpu"):
        elbo = bounds(model.module, Sample(test), seed=0).elbo
    return elbo, reconstruction(model, texts_of(test, BLEU_TEXTS, seed=0), seed=0)


def table(rows: list[dict[str, Any]]) -> str:
    """Returns the figures as a Markdown table."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    lines += ["| " + " | ".join(_cell(row[name]) for name in COLUMNS) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value


if __name__ == "__main__":
    main()
