"""`blogvae evaluate`: a model's figures on the test split."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vae.command import Command, main
from vae.dataset import Dataset
from vae.errors import UserError
from vae.evaluation.meanings import MEANINGS

if TYPE_CHECKING:
    import argparse

log = logging.getLogger("blogvae")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of evaluate."""
    parser.add_argument("--dataset", required=True, metavar="DIR", help="a folder written by prepare")
    parser.add_argument("--model", required=True, metavar="DIR", help="a folder written by train")
    parser.add_argument("--output", required=True, metavar="DIR", help="where metrics.json goes")
    parser.add_argument(
        "--split", default="test", choices=("train", "validation", "test"), help="which rows to measure"
    )
    parser.add_argument("--texts", type=int, default=1000, help="at most so many texts for BLEU and MI")
    parser.add_argument("--iw-texts", type=int, default=64, help="at most so many texts for nll_iw")
    parser.add_argument("--samples", type=int, default=500, help="samples of z a text for nll_iw")


def run(args: argparse.Namespace) -> None:
    """Measures, writes metrics.json, and prints each figure with what it means."""
    from vae.evaluation.metrics import measure  # noqa: PLC0415  (torch is slow to import, --help should not wait)
    from vae.text_vae import TextVAE  # noqa: PLC0415

    dataset, model = Dataset.open(args.dataset), TextVAE.load(args.model)
    if dataset.tokenizer().sha256 != model.tokenizer.sha256:
        raise UserError(
            f"{args.model} was trained with another tokenizer than {args.dataset}; "
            f"prepare with --tokenizer {args.model}/tokenizer/spm.model"
        )
    shards = dataset.shards(args.split)
    if not shards:
        raise UserError(f"{args.dataset} has no rows in its {args.split} split; choose another --split")
    metrics = measure(model, shards, texts=args.texts, iw_texts=args.iw_texts, samples=args.samples)
    folder = Path(args.output)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.json").write_text(json.dumps({"split": args.split, **metrics}, indent=2) + "\n")
    for name, meaning in MEANINGS.items():
        print(f"{name:>15} {metrics[name]:>12,.4g}  {meaning}")
    log.info("%s written", folder / "metrics.json")


COMMAND = Command(name="evaluate", help="measure a model on held-out rows", add_arguments=add_arguments, run=run)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
