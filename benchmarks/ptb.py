"""Trains a text VAE on the Penn Treebank (words) and measures it by the field's protocol (see ptb.md)."""

from __future__ import annotations

import argparse
import json
import logging
import math
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import torch

from tokenizer.tokenizer import EOS
from vae.data.batches import Batches
from vae.data.dataset import Shard
from vae.evaluation.likelihood import bounds, importance_weighted_nll, mutual_information
from vae.hardware import fast_precision, keep_freed_memory
from vae.latent.gaussian import Latents
from vae.log_lines import start_log
from vae.models.families import text_model
from vae.settings import override, settings_from
from vae.training.fit import fit

if TYPE_CHECKING:
    from vae.models.text_model import TextModel

log = logging.getLogger("blogvae")

SPECIAL = 4  # pad, unk, bos, eos
BUCKET = 8
MAX_LEN = 88
RECIPE = {
    "objective": {"beta": 1.0, "anneal": 0.3, "free_bits": 0.25, "word_dropout": 0.0},
    "training": {
        "steps": 10000,
        "batch_pieces": 1024,
        "learning_rate": 3.0e-3,
        "clip": 5.0,
        "ema": 0.998,
        "patience": 14,
        "monitor": "elbo",
    },
}
MODELS = {
    "recurrent": {
        "model": {"family": "recurrent", "bidirectional": False, "slots": 1, "dim": 32, "dropout": 0.4, "skip": True},
    },
    "transformer": {
        "model": {
            "family": "transformer",
            "width": 256,
            "heads": 4,
            "encoder_layers": 2,
            "decoder_layers": 2,
            "read": "queries",
            "slots": 1,
            "dim": 32,
            "dropout": 0.3,
        },
    },
}


def main() -> None:
    """Trains on ptb.train.txt, keeps the best model by ptb.valid.txt, and measures it on ptb.test.txt."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ptb", required=True, type=Path, metavar="DIR", help="holds ptb.{train,valid,test}.txt")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR")
    parser.add_argument("--family", default="recurrent", choices=list(MODELS))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--iw-texts", type=int, help="most test sentences to measure nll_iw on; all by default")
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()
    start_log()
    keep_freed_memory()
    settings = override(settings_from({**RECIPE, **MODELS[args.family]}), args.set)
    words = vocabulary(args.ptb / "ptb.train.txt")
    splits = {
        split: write_shards(args.ptb / f"ptb.{split}.txt", words, args.output / "shards" / split)
        for split in ("train", "valid", "test")
    }
    torch.manual_seed(settings.training.seed)
    model = text_model(settings.model, vocab_size=SPECIAL + len(words), max_len=MAX_LEN)
    pieces = settings.training.batch_pieces
    fitted = fit(
        model.train(),
        settings,
        train=Batches(splits["train"], batch_pieces=pieces, seed=settings.training.seed),
        validation=Batches(splits["valid"], batch_pieces=pieces, seed=None),
        folder=args.output,
        resume=args.resume,
    )
    result = measure(model.eval(), splits["test"], samples=args.samples, iw_texts=args.iw_texts)
    result = {**result, "tokens_per_second": fitted.tokens_per_second, "settings": settings.as_dict()}
    (args.output / "ptb.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


def vocabulary(path: Path) -> dict[str, int]:
    """Returns the ids of a file's words, the most frequent word first."""
    counts = Counter(path.read_text(encoding="utf-8").split())
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    return {word: place + SPECIAL for place, word in enumerate(ordered)}


def write_shards(path: Path, words: dict[str, int], folder: Path) -> list[Shard]:
    """Writes sentences as shards, one for each length rounded up to a multiple of BUCKET, end marker included."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[int, list[list[int]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        ids = [*(words[word] for word in line.split()), EOS]
        rows.setdefault(-(-len(ids) // BUCKET) * BUCKET, []).append(ids)
    shards = []
    for bucket, texts in sorted(rows.items()):
        padded = pa.array([[*ids, *[0] * (bucket - len(ids))] for ids in texts], pa.list_(pa.uint16(), bucket))
        lengths = pa.array([len(ids) for ids in texts], pa.uint16())
        target = folder / f"bucket-{bucket}.parquet"
        pq.write_table(pa.table({"input_ids": padded, "length": lengths}), target)
        shards.append(Shard(target, bucket, len(texts)))
    return shards


@torch.inference_mode()
def measure(model: TextModel, shards: list[Shard], *, samples: int, iw_texts: int | None) -> dict[str, float]:
    """Measures ELBO, importance-weighted NLL and its speed, KL, mutual information and active units."""
    whole = bounds(model, Batches(shards, batch_pieces=4096, seed=None), seed=0)
    latents = [model.posterior(batch) for batch in Batches(shards, batch_pieces=4096, seed=None)]
    together = Latents(torch.cat([each.mean for each in latents]), torch.cat([each.log_var for each in latents]))
    nats, words, texts, started = 0.0, 0, 0, time.perf_counter()
    for batch in islice(Batches(shards, batch_pieces=1, seed=0), iw_texts):
        with fast_precision(model.bias.device.type):
            nats += float(importance_weighted_nll(model, batch, samples=samples, seed=texts).sum())
        words, texts = words + batch.units, texts + 1
    seconds = time.perf_counter() - started
    return {
        "nll_iw": nats / texts,
        "ppl_word": math.exp(nats / words),
        "nll_iw_texts": texts,
        "samples": samples,
        "nll_iw_texts_per_second": texts / seconds,
        "elbo": whole.elbo,
        "reconstruction": whole.reconstruction,
        "kl": whole.kl,
        "active_units": whole.active_units,
        "units": whole.units,
        "mi": mutual_information(together, seed=0),
        "mi_texts": len(together.mean),
    }


if __name__ == "__main__":
    main()
