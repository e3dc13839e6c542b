"""Compares settings: trains a model with each on the same number of pieces, and measures it on the test split."""

from __future__ import annotations

import argparse
import json
import logging
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import yaml

from vae.data.batches import Batches
from vae.data.dataset import Dataset
from vae.data.split import texts_of
from vae.evaluation.likelihood import bounds, importance_weighted_nll
from vae.evaluation.radius_curve import radius_curve
from vae.evaluation.reconstruction import reconstruction
from vae.hardware import keep_freed_memory
from vae.log_lines import start_log
from vae.models.families import text_model
from vae.settings import DEFAULTS, override
from vae.text_vae import TextVAE
from vae.training.fit import fit

if TYPE_CHECKING:
    from vae.data.dataset import Shard

log = logging.getLogger("blogvae")

CHANGED = 0.3
ELBO_BATCHES, IW_TEXTS, IW_SAMPLES, BLEU_TEXTS, RADIUS_TEXTS = 64, 32, 100, 300, 100


def main() -> None:
    """Trains and measures each variant of the file in turn; skips those that were measured before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--output", required=True, type=Path, help="a folder for each variant, and choice.json")
    parser.add_argument("--variants", type=Path, default=Path(__file__).with_name("choice.yaml"))
    parser.add_argument("--only", nargs="*", help="names of variants; all by default")
    args = parser.parse_args()
    start_log()
    keep_freed_memory()
    plan = yaml.safe_load(args.variants.read_text())
    dataset = Dataset.open(args.dataset)
    for name, own in plan["variants"].items():
        result = args.output / name / "figures.json"
        if result.exists() or (args.only and name not in args.only):
            continue
        pairs = [f"{key}={value}" for key, value in {**own, **plan["shared"]}.items()]
        figures = {"name": name, **own, **train_and_measure(dataset, pairs, result.parent)}
        result.write_text(json.dumps(figures, indent=2) + "\n")
    rows = [json.loads(path.read_text()) for path in sorted(args.output.glob("*/figures.json"))]
    (args.output / "choice.json").write_text(json.dumps(rows, indent=2) + "\n")
    print(table(rows))


def train_and_measure(dataset: Dataset, pairs: list[str], folder: Path) -> dict[str, Any]:
    """Trains one variant and returns its figures."""
    settings = override(DEFAULTS, pairs)
    tokenizer, pieces = dataset.tokenizer(), settings.training.batch_pieces
    torch.manual_seed(settings.training.seed)
    module = text_model(settings.model, vocab_size=tokenizer.vocab_size, max_len=dataset.max_len)
    train = Batches(dataset.shards("train"), batch_pieces=pieces, seed=settings.training.seed)
    fitted = fit(
        module.train(),
        settings,
        train=train,
        validation=Sample(dataset.shards("validation")),
        folder=folder,
        resume=True,
    )
    model = TextVAE(module, tokenizer, settings)
    model.save(folder)
    test = dataset.shards("test")
    rows = texts_of(test, BLEU_TEXTS, seed=0)
    whole = bounds(module, Sample(test), seed=0)
    weighted = [
        importance_weighted_nll(module, batch, samples=IW_SAMPLES, seed=place)
        for place, batch in enumerate(islice(Batches(test, batch_pieces=1, seed=0), IW_TEXTS))
    ]
    back = reconstruction(model, rows, seed=0)
    return {
        "parameters": sum(weight.numel() for weight in module.parameters()),
        "elbo": whole.elbo,
        "nll_iw": float(torch.cat(weighted).mean()),
        "kl": whole.kl,
        "active": whole.active_units / whole.units,
        "bleu": back.bleu,
        "bleu_sampled": back.bleu_sampled,
        **at_changed([vars(point) for point in radius_curve(model, rows[:RADIUS_TEXTS], seed=0)]),
        "tokens_per_second": fitted.tokens_per_second,
    }


class Sample:
    """The same sample of batches of a split at each call, drawn over all buckets."""

    def __init__(self, shards: list[Shard]) -> None:
        self.batches = list(islice(Batches(shards, batch_pieces=1024, seed=0), ELBO_BATCHES))

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Any:
        return iter(self.batches)


def at_changed(curve: list[dict[str, float]]) -> dict[str, float]:
    """Returns the values of the radius curve at which the share CHANGED of the words differs."""
    changed = np.maximum.accumulate([point["changed"] for point in curve])
    return {
        f"{name}_at_change": float(np.interp(CHANGED, changed, [point[name] for point in curve]))
        for name in ("bleu", "self_bleu", "cycle", "radius")
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Returns the figures as a Markdown table."""
    names = ("name", "parameters", "elbo", "nll_iw", "kl", "bleu", "bleu_sampled", "bleu_at_change")
    names = (*names, "self_bleu_at_change", "radius_at_change", "tokens_per_second")
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    for row in rows:
        # Where reconstruction alone changes more words than CHANGED, no radius changes exactly that many.
        lost = row["radius_at_change"] == 0.0
        values = (_cell(row[name]) if not (lost and name.endswith("_at_change")) else "" for name in names)
        lines.append("| " + " | ".join(map(str, values)) + " |")
    return "\n".join(lines)


def _cell(value: str | float) -> str:
    return str(value) if isinstance(value, str | int) else f"{value:.4g}"


if __name__ == "__main__":
    main()
