"""`blogvae vary`: variations of one text, on the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from vae.command import Command, main
from vae.errors import UserError

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of vary."""
    parser.add_argument("text", help="what to vary")
    parser.add_argument("--model", required=True, metavar="DIR", help="a folder written by train")
    parser.add_argument("-n", "--n", type=int, default=5, help="how many variations")
    parser.add_argument("--change", type=float, default=0.3, help="share of words to change, 0 to 1")
    parser.add_argument(
        "--strategy", default="neighbour", choices=("neighbour", "posterior", "prior"), help="where to look"
    )
    parser.add_argument("--seed", type=int, default=0, help="another seed, other variations")


def run(args: argparse.Namespace) -> None:
    """Prints one variation a line, behind the share of words it changed."""
    if not args.text.strip():
        raise UserError("the text is empty: give a sentence or a paragraph")
    from vae.text_vae import TextVAE  # noqa: PLC0415  (torch is slow to import, --help should not wait)

    model = TextVAE.load(args.model)
    found = model.vary([args.text], n=args.n, change=args.change, seed=args.seed, strategy=args.strategy)[0]
    for variation in found:
        print(f"{variation.change:4.0%}  {variation.text}")


COMMAND = Command(name="vary", help="variations of one text", add_arguments=add_arguments, run=run)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
