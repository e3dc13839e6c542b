"""`blogvae train`: trains a model on the shards of a dataset and writes its folder."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae.commands.command import Command, main
from vae.data.streams import open_dataset
from vae.errors import UserError
from vae.limits import busy
from vae.model_folder.shipped import tokenizer_of
from vae.models.configs import MaskedConfig, T5Config
from vae.settings import load_preset, override, presets
from vae.training.ranks import rank
from vae.training.run_folder import claim, is_done, refuse_other_run

if TYPE_CHECKING:
    import argparse

    from torch import Tensor

    from tokenizer.tokenizer import Tokenizer
    from vae.data.dataset import Dataset, Shard
    from vae.models.text_model import TextModel
    from vae.settings import Settings
    from vae.text_vae import TextVAE
    from vae.training.fit import Fitted

log = logging.getLogger("blogvae")

CALIBRATION_TEXTS = 128
"""Held-out texts that the calibration is measured on."""

MEASURES = ("quick", "full", "none")
"""What --measure may be."""

_MANY = {"texts": 256, "iw_texts": 32, "samples": 50}
FEW_MEASURED = {"texts": 64, "iw_texts": 16, "samples": 20}
_FEWEST = {"texts": 8, "iw_texts": 4, "samples": 10}
"""How much the figures of a model are measured on; less for a masked model, whose decoder reads a text three times.

`evaluate` measures on more."""

SCORED_TEXTS = 256
"""Held-out texts that are scored for the bounds of a quick measurement; a full one scores all."""

T5_PREFIX = "t5:"
"""The prefix of an --init that names a T5."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of train."""
    parser.add_argument("--dataset", required=True, metavar="DIR", help="a folder written by prepare, or of streams")
    parser.add_argument("--output", required=True, metavar="DIR", help="model folder to write")
    parser.add_argument(
        "--preset",
        help=f"settings to start from: {', '.join(presets())}; without it, small, or with --init, fine-tune or t5",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change one setting, like epochs=5"
    )
    parser.add_argument(
        "--init",
        metavar="MODEL",
        help="model whose weights and shape to start from: a folder, base-en, which ships with blogvae, or t5:PATH for "
        "a T5, by its folder or its name on the Hugging Face hub",
    )
    parser.add_argument(
        "--constraint-texts",
        metavar="FILE",
        help="file of one text a line; training keeps latents near those that --init encodes these texts to",
    )
    parser.add_argument(
        "--measure",
        choices=MEASURES,
        default="quick",
        help="what is measured after training: figures of few texts, of more (evaluate takes still more), or nothing",
    )
    parser.add_argument("--resume", action="store_true", help="continue from the last checkpoint, if there is one")
    parser.add_argument(
        "--overwrite", action="store_true", help="remove the model that is in the output folder, and train anew"
    )


def run(args: argparse.Namespace) -> None:
    """Trains, measures and calibrates on the validation split, and writes the model folder."""
    if rank() > 0:
        log.setLevel(logging.ERROR)  # the first process logs
    from vae.hardware import keep_freed_memory  # noqa: PLC0415  (imports torch, which --help need not wait for)

    keep_freed_memory()
    dataset = open_dataset(args.dataset)
    settings = _settings(args)
    folder = Path(args.output)
    start = _initial_model(args.init, dataset, settings)
    if start:
        labelled = settings.training.labels or start.settings.training.labels
        settings = replace(settings, model=start.settings.model, training=replace(settings.training, labels=labelled))
    else:
        settings = _readable(settings, dataset)
    texts = _constraint_texts(args.constraint_texts, args.init)
    labels = _labels(dataset, settings, start)
    train = _training_shards(dataset)
    split, held_out = _held_out(dataset, train)
    plan = _plan(dataset, settings, start, texts)
    if is_done(folder, plan) and args.resume:
        log.info("%s is trained already with these settings and data", folder)
        return
    refuse_other_run(folder, plan, resume=args.resume, overwrite=args.overwrite)
    model = _new_model(dataset, train, settings, start, labels)
    if start and texts:
        model.constraints = _latents(start, texts, args.constraint_texts)
    # Claimed after all checks, so that a failed check leaves the folder as it is.
    resume = claim(folder, plan, resume=args.resume, overwrite=args.overwrite)
    if warning := busy(os.environ):
        log.warning("%s", warning)
    fitted = _fit(model, train, held_out, folder, resume=resume)
    if rank() == 0:
        figures = {} if args.measure == "none" else _measure(model, split, held_out, quick=args.measure == "quick")
        speed = round(fitted.tokens_per_second, 1)
        metrics = {"split": split, **figures, "tokens_per_second": speed, "measure": args.measure, "plan": plan}
        _write(model, dataset, folder, fitted, metrics)


def _settings(args: argparse.Namespace) -> Settings:
    """Returns the settings of the preset, as --set changes them."""
    if not (args.init or "").startswith(T5_PREFIX):
        return override(load_preset(args.preset or ("fine-tune" if args.init else "small")), args.set)
    # The family is t5 whatever the preset. A --set of another family fails at `source`, which that family lacks.
    pairs = ["family=t5", *args.set, f"source={args.init.removeprefix(T5_PREFIX)}"]
    return override(load_preset(args.preset or "t5"), pairs)


def _readable(settings: Settings, dataset: Dataset) -> Settings:
    """Returns the settings; without vectors of meaning if no encoder that ships reads the corpus's languages."""
    from vae.training.piece_vectors import reads_meaning  # noqa: PLC0415  (torch is slow to import, --help should not wait)

    config = settings.model
    if not isinstance(config, MaskedConfig) or not config.meaning or reads_meaning(dataset.languages):
        return settings
    log.info("nothing that ships reads %s: vectors of usage alone", ", ".join(dataset.languages))
    return replace(settings, model=replace(config, meaning=0))


def _initial_model(init: str | None, dataset: Dataset, settings: Settings) -> TextVAE | None:
    """Returns the model that --init names; None without --init. Raises UserError if it does not fit the dataset."""
    if init is None:
        if isinstance(settings.model, T5Config):
            raise UserError("a model of the t5 family starts from a trained T5: give --init t5:PATH")
        return None
    if isinstance(settings.model, T5Config) and init.startswith(T5_PREFIX):
        return _untrained_t5(settings.model, dataset, settings)
    from vae.text_vae import TextVAE  # noqa: PLC0415  (torch is slow to import, --help should not wait)

    model = TextVAE.load(init)
    if (model.tokenizer.sha256, model.max_len) != (dataset.tokenizer().sha256, dataset.max_len):
        raise UserError(
            f"{init} and {dataset.folder} have different tokenizers or segment lengths; "
            f"prepare with --tokenizer {tokenizer_of(init)} --max-len {model.max_len}"
        )
    return model


def _untrained_t5(config: T5Config, dataset: Dataset, settings: Settings) -> TextVAE:
    """Returns a model with the weights of a T5, and a latent that is not trained yet."""
    import torch  # noqa: PLC0415

    from vae.models.t5_source import start_from_t5  # noqa: PLC0415
    from vae.text_vae import TextVAE  # noqa: PLC0415

    tokenizer, labels = dataset.tokenizer(), _labels(dataset, settings, None)
    torch.manual_seed(settings.training.seed)
    sizes = [len(names) for names in labels.values()]
    module = start_from_t5(config, tokenizer, max_len=dataset.max_len, labels=sizes)
    return TextVAE(module, tokenizer, replace(settings, model=module.config), unit=dataset.unit, labels=labels)


def _constraint_texts(path: str | None, init: str | None) -> list[str]:
    """Reads the texts of --constraint-texts; none without it. Raises UserError if they cannot be used."""
    if path is None:
        return []
    if init is None or init.startswith(T5_PREFIX):
        raise UserError("--constraint-texts needs a trained encoder to read them: give --init MODEL")
    try:
        texts = [line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: {error}") from error
    if not texts:
        raise UserError(f"{path} holds no text: write one a line")
    return texts


def _latents(start: TextVAE, texts: list[str], path: str) -> Tensor:
    """Returns the posterior means of the texts of the file `path`. Raises UserError for a text that does not fit."""
    try:
        return start.encode(texts).mean
    except ValueError as error:
        raise UserError(f"{path}: {error}") from error


def _labels(dataset: Dataset, settings: Settings, start: TextVAE | None) -> dict[str, list[str]]:
    """Returns the names of each table of labels to train with. Raises UserError if they are not there or differ."""
    labels: dict[str, list[str]] = {table: dataset.labels.get(table, []) for table in settings.training.labels}
    empty = [table for table, names in labels.items() if not names]
    if empty:
        raise UserError(f"{dataset.folder} has no {empty[0]} that enough posts share: train without labels={empty[0]}")
    if start and start.labels and start.labels != labels:
        raise UserError(f"{dataset.folder} has other labels than the model to start from; prepare its posts together")
    return labels


def _plan(dataset: Dataset, settings: Settings, start: TextVAE | None, texts: list[str]) -> str:
    """Returns a fingerprint of all that the weights depend on."""
    facts = [dataset.manifest, settings.as_dict(), start.sha256 if start else None, texts]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _new_model(
    dataset: Dataset, train: list[Shard], settings: Settings, start: TextVAE | None, labels: dict[str, list[str]]
) -> TextVAE:
    """Returns the model to train, with random weights by the seed or a copy of the weights of `start`."""
    import torch  # noqa: PLC0415

    from vae.models.families import text_model  # noqa: PLC0415
    from vae.text_vae import TextVAE  # noqa: PLC0415

    tokenizer = dataset.tokenizer()
    torch.manual_seed(settings.training.seed)
    try:
        module = text_model(
            settings.model,
            vocab_size=tokenizer.vocab_size,
            max_len=dataset.max_len,
            labels=[len(names) for names in labels.values()],
        )
    except ValueError as error:
        raise UserError(f"{error}: --set another, or prepare with another --max-len") from error
    if start:
        # Tables of labels that `start` lacks begin at 0, so that they change nothing before they are trained.
        tables = {name: weight for name, weight in module.state_dict().items() if name.startswith("conditions.")}
        zeros = {name: torch.zeros_like(weight) for name, weight in tables.items()}
        module.load_state_dict({**zeros, **start.module.state_dict()})
    else:
        _read_corpus(module, tokenizer, train)
    languages = _languages(dataset, start)
    return TextVAE(module, tokenizer, settings, unit=dataset.unit, languages=languages, labels=labels)


def _read_corpus(module: TextModel, tokenizer: Tokenizer, train: list[Shard]) -> None:
    """Fills a new model's weights that are counted in the corpus and not trained."""
    from vae.data.corpus import training_rows  # noqa: PLC0415
    from vae.models.masked import MaskedVAE  # noqa: PLC0415
    from vae.training.corpus_vectors import corpus_vectors  # noqa: PLC0415
    from vae.training.piece_vectors import piece_vectors, word_begins  # noqa: PLC0415

    log.info("counting which pieces stand beside which")
    if isinstance(module, MaskedVAE):
        module.vectors.copy_(piece_vectors(tokenizer, training_rows(train), module.config))
        module.begins.copy_(word_begins(tokenizer))
    elif not module.embedding.weight.requires_grad:
        width = module.embedding.embedding_dim
        vectors = corpus_vectors(training_rows(train), vocab_size=tokenizer.vocab_size, width=width)
        module.embedding.weight.copy_(vectors)


def _languages(dataset: Dataset, start: TextVAE | None) -> list[str]:
    """Returns the languages that the model knows: those of `start`, if it names any, and the corpus's main ones."""
    if start is None:
        return dataset.languages
    first = list(start.languages)
    return first and [*first, *(code for code in dataset.languages if code not in first)]


def _fit(model: TextVAE, train: list[Shard], held_out: list[Shard], folder: Path, *, resume: bool) -> Fitted:
    """Trains the model and leaves it on the fastest device, ready to evaluate."""
    import torch  # noqa: PLC0415

    from vae.data.split import batches_of  # noqa: PLC0415
    from vae.training.fit import fit  # noqa: PLC0415
    from vae.training.text_samples import show_texts  # noqa: PLC0415

    training = model.settings.training
    batches = partial(
        batches_of,
        batch_pieces=training.batch_pieces,
        labels=training.labels,
        vocab_size=model.tokenizer.vocab_size,
    )
    fitted = fit(
        model.module.train(),
        model.settings,
        train=batches(train, seed=training.seed),
        validation=batches(held_out, seed=None),
        folder=folder,
        resume=resume,
        constraints=model.constraints,
        show=partial(show_texts, tokenizer=model.tokenizer),
    )
    model.module.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    return fitted


def _training_shards(dataset: Dataset) -> list[Shard]:
    """Returns the shards to train on. Raises UserError if there are none."""
    shards = dataset.shards("train")
    if not shards:
        raise UserError(f"{dataset.folder} has no training rows: give prepare more posts")
    return shards


def _held_out(dataset: Dataset, train: list[Shard]) -> tuple[str, list[Shard]]:
    """Returns the split to validate on and its shards: validation, else test, else train."""
    shards_of = {split: dataset.shards(split) for split in ("validation", "test")}
    split = next((split for split, shards in shards_of.items() if shards), "train")
    if split != "validation":
        log.warning("no validation rows in %s: validating on the %s split", dataset.folder, split)
    return split, shards_of.get(split, train)


def _measure(model: TextVAE, split: str, held_out: list[Shard], *, quick: bool) -> dict[str, Any]:
    """Calibrates the model, and returns its figures on the held-out rows. Shows how long it takes."""
    from vae.data.split import texts_of  # noqa: PLC0415
    from vae.evaluation.measuring_bar import measuring_bar  # noqa: PLC0415
    from vae.evaluation.metrics import MEASURED_PARTS, measure_model  # noqa: PLC0415
    from vae.evaluation.model_calibration import (  # noqa: PLC0415
        CALIBRATED,
        FILLED_RADII,
        SEGMENTS_A_TEXT,
        calibrate,
    )
    from vae.latent.calibration import RADII  # noqa: PLC0415

    log.info("measuring on the %s split", split)
    masked = isinstance(model.settings.model, MaskedConfig)
    few, many = (_FEWEST, FEW_MEASURED) if masked else (FEW_MEASURED, _MANY)
    radii = FILLED_RADII if quick and masked else RADII
    texts = SEGMENTS_A_TEXT if quick and masked else CALIBRATION_TEXTS
    with measuring_bar(len(CALIBRATED) + MEASURED_PARTS + len(radii)) as part_done:
        model.calibration = calibrate(model, texts_of(held_out, texts, seed=0), seed=0, part_done=part_done)
        return measure_model(
            model,
            held_out,
            **(few if quick else many),
            labels=list(model.labels),
            scored=SCORED_TEXTS if quick else None,
            radii=radii,
            part_done=part_done,
        )


def _write(model: TextVAE, dataset: Dataset, folder: Path, fitted: Fitted, metrics: dict[str, Any]) -> None:
    """Writes the model folder: curves, model card, model, and the figures last. Logs the verdict."""
    from vae.evaluation.model_card import model_card  # noqa: PLC0415
    from vae.evaluation.verdict import verdict_on  # noqa: PLC0415
    from vae.training.curves import plot_curves  # noqa: PLC0415

    plot_curves(fitted.history, folder / "curves.png", best_step=fitted.best_step)
    (folder / "README.md").write_text(model_card(model, dataset, metrics), encoding="utf-8")
    model.save(folder)
    # Written last, so that a folder with metrics.json is complete.
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    if "radius_curve" not in metrics:
        log.info("%s: neither measured nor calibrated; `blogvae evaluate` and `blogvae calibrate` do that", folder)
        return
    log.info("%s", verdict_on(metrics).line)
    log.info(
        "%s: elbo %.1f nats, reconstruction BLEU %.1f, %d of %d units active",
        *(folder, metrics["elbo"], metrics["bleu"], metrics["active_units"], metrics["units"]),
    )


COMMAND = Command(
    name="train",
    help="train a text VAE on a prepared dataset",
    add_arguments=add_arguments,
    run=run,
    examples=(
        "blogvae train --dataset dataset --init base-en --output model",
        "blogvae train --dataset dataset --preset small --set epochs=2 --output model",
    ),
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
