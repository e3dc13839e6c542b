"""`blogvae train`: shards to a model folder."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vae.command import Command, main
from vae.dataset import Dataset
from vae.errors import UserError
from vae.settings import Settings, load_preset, override, presets

if TYPE_CHECKING:
    import argparse

    from vae.text_vae import TextVAE
    from vae.training.fit import Fitted

log = logging.getLogger("blogvae")

CALIBRATION_TEXTS = 128

OWN = (
    *("metrics.json", "config.json", "model.safetensors", "lexicon.safetensors", "calibration.json", "curves.png"),
    *("README.md", "tokenizer", "logs", "checkpoints"),
)
"""What a model folder holds: all that --overwrite may remove, metrics.json first."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of train."""
    parser.add_argument("--dataset", required=True, metavar="DIR", help="a folder written by prepare")
    parser.add_argument("--output", required=True, metavar="DIR", help="the model folder to write")
    parser.add_argument("--preset", default="small", help=f"settings to start from: {', '.join(presets())}")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="one setting, like epochs=5")
    parser.add_argument("--init", metavar="DIR", help="start from the weights and shape of this model")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint, if there is one")
    parser.add_argument("--overwrite", action="store_true", help="drop the model that is in the output folder")


def run(args: argparse.Namespace) -> None:
    """Trains, measures and calibrates on the validation split, and writes the model folder."""
    dataset = Dataset.open(args.dataset)
    settings = override(load_preset(args.preset), args.set)
    folder = Path(args.output)
    start = _initial_model(args.init, dataset)
    if start:
        settings = replace(settings, model=start.settings.model)
    if dataset.max_len % settings.model.slots:
        raise UserError(
            f"segments of {dataset.max_len} pieces are no multiple of {settings.model.slots} slots; "
            "--set slots to a divisor, or prepare with another --max-len"
        )
    plan = _plan(dataset, settings, start)
    if _is_done(folder, plan) and args.resume:
        log.info("%s is trained already with these settings and data", folder)
        return
    _claim(folder, plan, resume=args.resume, overwrite=args.overwrite)
    model, fitted = _train(dataset, settings, start, folder, resume=args.resume)
    _write(model, dataset, folder, fitted, plan)


def _initial_model(init: str | None, dataset: Dataset) -> TextVAE | None:
    if init is None:
        return None
    from vae.text_vae import TextVAE  # noqa: PLC0415  (torch is slow to import, --help should not wait)

    model = TextVAE.load(init)
    if (model.tokenizer.sha256, model.max_len) != (dataset.tokenizer().sha256, dataset.max_len):
        raise UserError(
            f"{init} and {dataset.folder} have different tokenizers or segment lengths; "
            f"prepare with --tokenizer {init}/tokenizer/spm.model --max-len {model.max_len}"
        )
    return model


def _plan(dataset: Dataset, settings: Settings, start: TextVAE | None) -> str:
    """A fingerprint of all that the weights follow from."""
    facts = [dataset.manifest, settings.as_dict(), start.sha256 if start else None]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _is_done(folder: Path, plan: str) -> bool:
    try:
        return bool(json.loads((folder / "metrics.json").read_text())["plan"] == plan)
    except (OSError, ValueError, KeyError):
        return False


def _claim(folder: Path, plan: str, *, resume: bool, overwrite: bool) -> None:
    """Makes the folder this run's own. Raises UserError where it is another run's."""
    mark = folder / "checkpoints" / "plan.txt"
    ours = mark.exists() and mark.read_text() == plan
    if resume and ours:
        return
    held = [name for name in OWN if (folder / name).exists()]
    if held and not overwrite:
        remedy = "--resume goes on with it" if ours else "it is of other settings or data"
        raise UserError(f"{folder} holds a model or a started run ({held[0]}): {remedy}, --overwrite drops it")
    for name in OWN:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    mark.parent.mkdir(parents=True)
    mark.write_text(plan)


def _train(
    dataset: Dataset, settings: Settings, start: TextVAE | None, folder: Path, *, resume: bool
) -> tuple[TextVAE, Fitted]:
    import torch  # noqa: PLC0415

    from vae.models.recurrent import RecurrentVAE  # noqa: PLC0415
    from vae.text_vae import TextVAE  # noqa: PLC0415
    from vae.training.batches import Batches  # noqa: PLC0415
    from vae.training.fit import fit  # noqa: PLC0415

    training = settings.training
    tokenizer = dataset.tokenizer()
    shards = dataset.shards("train")
    if not shards:
        raise UserError(f"{dataset.folder} has no training rows: give prepare more posts")
    torch.manual_seed(training.seed)
    module = (
        start.module
        if start
        else RecurrentVAE(settings.model, vocab_size=tokenizer.vocab_size, max_len=dataset.max_len)
    )
    fitted = fit(
        module,
        settings,
        train=Batches(shards, batch_pieces=training.batch_pieces, seed=training.seed),
        validation=Batches(_held_out(dataset)[1], batch_pieces=4 * training.batch_pieces, seed=None),
        folder=folder,
        resume=resume,
    )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return TextVAE(module.to(device), tokenizer, settings, unit=dataset.unit), fitted


def _held_out(dataset: Dataset) -> tuple[str, list]:  # type: ignore[type-arg]
    for split in ("validation", "test", "train"):
        shards = dataset.shards(split)
        if shards:
            if split != "validation":
                log.warning("no validation rows in %s: validating on the %s split", dataset.folder, split)
            return split, shards
    raise UserError(f"{dataset.folder} has no rows: give prepare more posts")


def _write(model: TextVAE, dataset: Dataset, folder: Path, fitted: Fitted, plan: str) -> None:
    from vae.card import model_card  # noqa: PLC0415
    from vae.evaluation.metrics import lexicon_texts, measure, texts_of  # noqa: PLC0415
    from vae.evaluation.radius import calibrate  # noqa: PLC0415
    from vae.lexicon import Lexicon  # noqa: PLC0415
    from vae.training.curves import plot_curves  # noqa: PLC0415

    split, shards = _held_out(dataset)
    log.info("measuring on the %s split", split)
    model.lexicon = Lexicon.of(lexicon_texts(model, dataset.shards("train")))
    model.calibration = calibrate(model, texts_of(shards, CALIBRATION_TEXTS, seed=0), seed=0)
    metrics = measure(model, shards, texts=256, iw_texts=32, samples=50)
    metrics = {"split": split, **metrics, "tokens_per_second": round(fitted.tokens_per_second, 1), "plan": plan}
    plot_curves(fitted.history, folder / "curves.png")
    (folder / "README.md").write_text(model_card(model, dataset, metrics), encoding="utf-8")
    model.save(folder)
    # Last: a folder with metrics.json is whole.
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    log.info(
        "%s: elbo %.1f nats, reconstruction BLEU %.1f, %d of %d units active",
        *(folder, metrics["elbo"], metrics["bleu"], metrics["active_units"], metrics["units"]),
    )


COMMAND = Command(name="train", help="train a text VAE on a prepared dataset", add_arguments=add_arguments, run=run)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
