"""`blogvae evaluate`: measures a model on held-out rows."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae.commands.command import Command, main
from vae.data.streams import open_dataset
from vae.errors import UserError
from vae.evaluation.evaluation_page import evaluation_page, hidden_figures, short
from vae.evaluation.figure_descriptions import FIGURE_DESCRIPTIONS, HIDDEN_MEANING
from vae.evaluation.verdict import verdict_on
from vae.model_folder.shipped import add_model_argument, tokenizer_of

if TYPE_CHECKING:
    import argparse

    from vae.data.dataset import Dataset
    from vae.text_vae import TextVAE

log = logging.getLogger("blogvae")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of evaluate."""
    parser.add_argument("--dataset", required=True, metavar="DIR", help="a folder written by prepare, or of streams")
    add_model_argument(parser)
    parser.add_argument(
        "--output",
        required=True,
        metavar="DIR",
        help="folder for metrics.json, the pictures and evaluation.html",
    )
    add_measures(parser)


def add_measures(parser: argparse.ArgumentParser) -> None:
    """Adds the flags for which rows are measured, and how many."""
    parser.add_argument(
        "--split",
        choices=("train", "validation", "test"),
        help="which rows to measure; without it, the test split if there is one",
    )
    parser.add_argument(
        "--texts", type=int, default=1000, help="most texts for BLEU, mutual information and the map of latents"
    )
    parser.add_argument(
        "--iw-texts", type=int, default=64, help="most texts for nll_iw, the importance-weighted likelihood"
    )
    parser.add_argument("--samples", type=int, default=500, help="latents drawn for each text for nll_iw")


def run(args: argparse.Namespace) -> None:
    """Measures a model, writes the figures, and prints the verdict and each figure with its meaning."""
    metrics = evaluate(
        *(args.dataset, args.model, args.output),
        split=args.split,
        texts=args.texts,
        iw_texts=args.iw_texts,
        samples=args.samples,
    )
    print(verdict_on(metrics).line)
    for name, meaning in FIGURE_DESCRIPTIONS.items():
        print(f"{name:>26} {short(metrics[name]):>12}  {meaning}")
    for name, number in hidden_figures(metrics["hidden_nats"]):
        print(f"{name:>26} {number:>12}  {HIDDEN_MEANING}")
    log.info("%s written; evaluation.html tells what the figures mean", args.output)


def evaluate(
    dataset_folder: str,
    model_folder: str | Path,
    output: str,
    *,
    split: str | None,
    texts: int,
    iw_texts: int,
    samples: int,
) -> dict[str, Any]:
    """Measures a model, writes figures, pictures and two pages to `output`, and returns the figures.

    Raises:
        UserError: there is no such dataset, model or split, or the model cannot read the dataset's rows.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415  (pyarrow, torch and matplotlib are slow to import, --help should not wait)

    from vae.evaluation.html_pages import evaluation_html  # noqa: PLC0415
    from vae.evaluation.latent_map import latent_map  # noqa: PLC0415
    from vae.evaluation.metrics import measure_model  # noqa: PLC0415
    from vae.evaluation.plots import plot_by_length, plot_latent_map, plot_radius  # noqa: PLC0415
    from vae.text_vae import TextVAE  # noqa: PLC0415

    dataset, model = open_dataset(dataset_folder), TextVAE.load(model_folder)
    check_fit(dataset, model, model_folder)
    split = split or dataset.measured_split
    shards = dataset.shards(split)
    if not shards:
        raise UserError(f"{dataset_folder} has no rows in its {split} split; choose another --split")
    labels = [table for table in model.labels if model.labels[table] == dataset.labels[table]]
    if labels != list(model.labels):
        log.warning("%s has other labels than %s: measuring without them", dataset_folder, model_folder)
        labels = []
    metrics = measure_model(model, shards, texts=texts, iw_texts=iw_texts, samples=samples, labels=labels)
    latents = latent_map(model, shards, categories=dataset.labels["category"], limit=texts)
    map_figures = {"map_explained": latents.explained, "map_texts": len(latents.points)}
    metrics = {"split": split, **metrics, **map_figures}
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.json").unlink(missing_ok=True)
    plot_radius(metrics["radius_curve"], folder / "radius.png")
    plot_by_length(metrics["by_length"], folder / "by_length.png")
    plot_latent_map(latents, folder / "latent_map.png")
    pq.write_table(latents.points, folder / "latent_map.parquet")
    (folder / "evaluation.md").write_text(evaluation_page(metrics), encoding="utf-8")
    about = f"{model_folder} on the {split} split of {dataset_folder}"
    (folder / "evaluation.html").write_text(evaluation_html(metrics, folder, about=about), encoding="utf-8")
    # Written last, so that a folder with metrics.json is complete.
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    return metrics


def check_fit(dataset: Dataset, model: TextVAE, model_folder: str | Path) -> None:
    """Raises UserError if the model cannot read the dataset's rows."""
    same_tokenizer = dataset.tokenizer().sha256 == model.tokenizer.sha256
    if not same_tokenizer or dataset.max_len != model.max_len:
        raise UserError(
            f"{model_folder} was trained with another {'segment length' if same_tokenizer else 'tokenizer'} than "
            f"{dataset.folder}; prepare with --tokenizer {tokenizer_of(model_folder)} --max-len {model.max_len}"
        )


COMMAND = Command(
    name="evaluate",
    help="measure a model on held-out rows",
    add_arguments=add_arguments,
    run=run,
    examples=("blogvae evaluate --dataset dataset --model model --output evaluation",),
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
