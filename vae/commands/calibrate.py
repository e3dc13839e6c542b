"""`blogvae calibrate`: measures again how far a model changes texts at each value of `--change`."""

from __future__ import annotations

import logging
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from vae.commands.command import Command, main
from vae.commands.evaluate import check_fit
from vae.data.dataset import Dataset
from vae.errors import UserError
from vae.model_folder.safe_writes import only_writer_to, replace_text
from vae.model_folder.shipped import add_model_argument, is_shipped

if TYPE_CHECKING:
    import argparse

log = logging.getLogger("blogvae")

SHOWN = (0.1, 0.2, 0.3, 0.5)
"""Values of `--change` for which the new calibration is checked and printed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of calibrate."""
    parser.add_argument("--dataset", required=True, metavar="DIR", help="a folder written by prepare")
    add_model_argument(parser)
    parser.add_argument(
        "--output",
        metavar="DIR",
        help="new folder for a copy of the model with the new calibration; without it, the model itself is changed",
    )
    parser.add_argument(
        "--texts", type=int, default=32, help="most segments to measure on, and most to check the result on"
    )


def run(args: argparse.Namespace) -> None:
    """Calibrates on the validation split, checks on the test split, and writes calibration.json and a picture."""
    from vae.data.split import texts_of  # noqa: PLC0415
    from vae.evaluation.model_calibration import calibrate, measured_changes  # noqa: PLC0415  (torch is slow to import)
    from vae.evaluation.plots import plot_calibration  # noqa: PLC0415
    from vae.text_vae import TextVAE  # noqa: PLC0415

    if args.texts < 1:
        raise UserError(f"--texts {args.texts}: measure on at least one")
    folder = _output(args)
    dataset, model = Dataset.open(args.dataset), TextVAE.load(args.model)
    check_fit(dataset, model, args.model)
    shards_of = {split: dataset.shards(split) for split in ("validation", "test")}
    empty = [split for split, shards in shards_of.items() if not shards]
    if empty:
        raise UserError(f"{args.dataset} has no rows in its {empty[0]} split: give prepare more posts")
    with nullcontext() if args.output else only_writer_to(folder):
        model.calibration = calibrate(model, texts_of(shards_of["validation"], args.texts, seed=0), seed=0)
        held_out = texts_of(shards_of["test"], args.texts, seed=1)
        changes = {name: measured_changes(model, held_out, name, SHOWN, seed=1) for name in model.calibration.curves}
        print(f"{'asked':>16}" + "".join(f"{asked:>8.0%}" for asked in SHOWN))
        for name, measured in changes.items():
            print(f"{name:>16}" + "".join(f"{share:>8.1%}" for share in measured))
        if args.output:
            model.save(folder)
        else:
            replace_text(folder / "calibration.json", model.calibration.to_json())
        plot_calibration(model.calibration, folder / "calibration.png")
    log.info("%s/calibration.json and calibration.png written", folder)


def _output(args: argparse.Namespace) -> Path:
    """Returns the model folder to write. Raises UserError before minutes of measuring are lost."""
    if args.output is None and is_shipped(args.model):
        raise UserError(f"{args.model} ships with blogvae and stays as it is: give --output, a new folder for a copy")
    folder = Path(args.output or args.model)
    if args.output and folder.exists():
        raise UserError(f"--output {folder} is there already: name a new folder")
    return folder


COMMAND = Command(
    name="calibrate",
    help="measure again how far a model changes texts",
    add_arguments=add_arguments,
    run=run,
    examples=("blogvae calibrate --dataset dataset --model model",),
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
