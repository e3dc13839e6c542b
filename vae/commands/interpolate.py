"""`blogvae interpolate`: prints the texts on the way from one text to another."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from vae.commands.command import Command, main
from vae.errors import UserError
from vae.model_folder.shipped import add_model_argument

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of interpolate."""
    parser.add_argument("first", help="text to start from, a sentence or two")
    parser.add_argument("second", help="text to end at")
    add_model_argument(parser)
    parser.add_argument("--steps", type=int, default=7, help="how many texts to print, with both ends")


def run(args: argparse.Namespace) -> None:
    """Prints each text on a line, after its share of the way."""
    if not (args.first.strip() and args.second.strip()):
        raise UserError("a text is empty: give two sentences")
    if args.steps < 2:
        raise UserError(f"--steps {args.steps}: a path has two ends, so at least 2")
    from vae.text_vae import TextVAE  # noqa: PLC0415  (torch is slow to import, --help should not wait)

    model = TextVAE.load(args.model)
    try:
        texts = model.interpolate(args.first, args.second, steps=args.steps)
    except ValueError as error:
        raise UserError(f"texts longer than a segment have no single latent to go from; {error}") from error
    for step, text in enumerate(texts):
        print(f"{step / (args.steps - 1):4.0%}  {text}")


COMMAND = Command(
    name="interpolate",
    help="print the texts between two texts",
    add_arguments=add_arguments,
    run=run,
    examples=('blogvae interpolate --model base-en "The kettle boils." "The train is late."',),
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
