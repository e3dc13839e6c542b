"""`blogvae compare`: trains presets on one dataset and measures the same figures of each."""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae.commands import evaluate, train
from vae.commands.command import Command, main
from vae.data.streams import open_dataset
from vae.errors import UserError
from vae.model_folder.shipped import shipped_folder
from vae.models.configs import T5Config
from vae.settings import load_preset, override, presets

if TYPE_CHECKING:
    from vae.data.dataset import Dataset
    from vae.evaluation.comparison import Row

log = logging.getLogger("blogvae")

EVALUATION = "evaluation"
"""The folder below the output that holds the figures and pictures of each model."""

COMPARED = "compared.json"
"""The file with a model's row of the comparison, and a fingerprint of all that the row depends on."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of compare."""
    parser.add_argument("--dataset", required=True, metavar="DIR", help="a folder written by prepare")
    parser.add_argument("--presets", metavar="NAME,...", help=f"presets to train, out of {', '.join(presets())}")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change one setting in all presets, like epochs=5",
    )
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="MODEL",
        help="a trained model to compare with them: a folder, or base-en, which ships with blogvae",
    )
    parser.add_argument("--output", required=True, metavar="DIR", help="folder for the models and the comparison")
    parser.add_argument(
        "--overwrite", action="store_true", help="train a model again if it was trained with other settings"
    )
    evaluate.add_measures(parser)


def run(args: argparse.Namespace) -> None:
    """Trains and measures one model after another, and writes the comparison of those done after each."""
    dataset = open_dataset(args.dataset)
    args.split = args.split or dataset.measured_split
    folder, names = Path(args.output), [name for name in (args.presets or "").split(",") if name]
    trained = {Path(path).name: shipped_folder(path) or Path(path) for path in args.model}
    models = {**{name: folder / name for name in names}, **trained}
    _check(args, dataset, names, models)
    rows: list[Row] = []
    for name, model in models.items():
        if name in names:
            _train(args, name, model)
        row = _measure(args, dataset, name, model)
        rows.append(row)
        _write(args, folder, rows)
        figures = ", ".join(f"{figure} {row[figure]:.4g}" for figure in ("nll_iw", "elbo", "bleu", "lost"))
        log.info("%s: %s; %d of %d models", name, figures, len(rows), len(models))
    _show(rows, folder)


def _check(args: argparse.Namespace, dataset: Dataset, names: list[str], models: dict[str, Path]) -> None:
    """Raises UserError before hours of training for what would fail after them."""
    from vae.models.families import text_model  # noqa: PLC0415  (torch is slow to import, --help should not wait)
    from vae.text_vae import TextVAE  # noqa: PLC0415

    if not models:
        raise UserError("nothing to compare: give --presets NAME,..., --model DIR, or both")
    if len(models) < len(names) + len(args.model):
        raise UserError("two models have one name: name each preset once, and no --model folder like another or it")
    if not dataset.shards(args.split):
        raise UserError(f"{args.dataset} has no rows in its {args.split} split; choose another --split")
    vocab_size = dataset.tokenizer().vocab_size
    for name in names:
        settings = override(load_preset(name), args.set)
        if isinstance(settings.model, T5Config):
            raise UserError(f"{name} starts from a trained T5: train it with --init t5:PATH, and compare it by --model")
        try:
            text_model(settings.model, vocab_size=vocab_size, max_len=dataset.max_len)
        except ValueError as error:
            raise UserError(f"{name}: {error}: --set another, or prepare with another --max-len") from error
    for path in args.model:
        evaluate.check_fit(dataset, TextVAE.load(path), path)


def _train(args: argparse.Namespace, preset: str, folder: Path) -> None:
    """Trains a preset, or goes on with its training."""
    flags = ["--dataset", args.dataset, "--preset", preset, "--output", str(folder), "--resume"]
    flags += [flag for pair in args.set for flag in ("--set", pair)]
    parser = argparse.ArgumentParser(allow_abbrev=False)
    train.add_arguments(parser)
    train.run(parser.parse_args([*flags, *(["--overwrite"] if args.overwrite else [])]))


def _measure(args: argparse.Namespace, dataset: Dataset, name: str, folder: Path) -> Row:
    """Returns the figures of one model; those of an earlier run if model, dataset and flags are the same."""
    from vae.evaluation.comparison import FIGURES, compared  # noqa: PLC0415
    from vae.text_vae import TextVAE  # noqa: PLC0415

    model, output = TextVAE.load(folder), Path(args.output, EVALUATION, name)
    facts = [dataset.manifest, model.sha256, list(FIGURES), args.split, args.texts, args.iw_texts, args.samples]
    plan = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    earlier = _read(output / COMPARED)
    if earlier.get("plan") == plan:
        return dict(earlier["row"])
    metrics = evaluate.evaluate(
        *(args.dataset, folder, str(output)),
        split=args.split,
        texts=args.texts,
        iw_texts=args.iw_texts,
        samples=args.samples,
    )
    row = compared(
        name,
        metrics,
        tokens_per_second=_read(folder / "metrics.json").get("tokens_per_second"),
        parameters=sum(weight.numel() for weight in model.module.parameters()),
    )
    (output / COMPARED).write_text(json.dumps({"plan": plan, "row": row}, indent=2) + "\n")
    return row


def _read(path: Path) -> dict[str, Any]:
    """Reads a JSON object; empty if the file is missing or only partly written."""
    try:
        return dict(json.loads(path.read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def _write(args: argparse.Namespace, folder: Path, rows: list[Row]) -> None:
    """Writes the comparison as Markdown, HTML, a table, a picture and JSON."""
    from vae.evaluation.comparison import comparison_csv, comparison_page, plot_comparison  # noqa: PLC0415
    from vae.evaluation.html_pages import comparison_html  # noqa: PLC0415

    settings = f", trained with {', '.join(args.set)}" if args.set else ""
    about = (
        f"On the {args.split} split of `{args.dataset}`{settings}. NLL on {args.iw_texts} texts with {args.samples} "
        f"samples each, BLEU on {args.texts}; more of each model in `{EVALUATION}/`."
    )
    (folder / "compare.md").write_text(comparison_page(rows, about=about), encoding="utf-8")
    (folder / "compare.csv").write_text(comparison_csv(rows), encoding="utf-8")
    plot_comparison(rows, folder / "compare.png")
    (folder / "compare.html").write_text(comparison_html(rows, folder, about=about), encoding="utf-8")
    record: dict[str, Any] = {"dataset": args.dataset, "split": args.split, "set": args.set, "models": rows}
    (folder / "compare.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def _show(rows: list[Row], folder: Path) -> None:
    """Prints the verdict and the comparison."""
    from vae.evaluation.comparison import comparison_verdict, table  # noqa: PLC0415

    print(comparison_verdict(rows))
    print()
    print(table(rows))
    log.info("%s/compare.html written; it tells what the figures mean", folder)


COMMAND = Command(
    name="compare",
    help="train presets on one dataset and set their figures side by side",
    add_arguments=add_arguments,
    run=run,
    examples=("blogvae compare --dataset dataset --presets tiny,small --output comparison",),
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
