"""`blogvae vary`: variations of one text, on the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from vae.command import Command, main
from vae.errors import UserError
from vae.sampling_flags import add_sampling_arguments, sampling_of
from vae.shipped import add_model_argument

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of vary."""
    parser.add_argument("text", help="what to vary")
    add_model_argument(parser)
    parser.add_argument("-n", "--n", type=int, default=5, help="how many variations")
    add_sampling_arguments(parser)


def run(args: argparse.Namespace) -> None:
    """Prints one variation a line, behind the share of words it changed."""
    text = " ".join(args.text.split())
    if not text:
        raise UserError("the text is empty: give a sentence or a paragraph")
    if args.n < 1:
        raise UserError(f"-n {args.n}: ask for at least one variation")
    from tokenizer.segments import cut  # noqa: PLC0415  (numpy and torch are slow to import, --help should not wait)
    from vae.text_vae import TextVAE  # noqa: PLC0415
    from vae.varier import Varier  # noqa: PLC0415

    sampling = sampling_of(args)
    model = TextVAE.load(args.model)
    segments = cut([text], tokenizer=model.tokenizer, max_len=model.max_len)
    varier = Varier(model, sampling)
    for number in range(args.n):
        (variation,) = varier(segments, keys=[(text, number)])
        print(f"{variation.change:4.0%}  {variation.text}")


COMMAND = Command(name="vary", help="variations of one text", add_arguments=add_arguments, run=run)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
