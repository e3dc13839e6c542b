"""The flags of `blogvae rate`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.commands.command import Command, job

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of rate."""
    sheet = parser.add_argument_group("to write a sheet")
    sheet.add_argument(
        "--variations", action="append", metavar="DIR", help="a folder written by augment; may be repeated"
    )
    sheet.add_argument(
        "--output",
        metavar="FILE.html",
        help="the sheet, or FILE.txt as plain text; its key goes beside it, FILE.key.csv",
    )
    sheet.add_argument("--pairs", type=int, default=60, help="pairs of a passage and its variation, of each folder")
    sheet.add_argument("--seed", type=int, default=0, help="another seed, other passages in another order")
    results = parser.add_argument_group("to read what people said")
    results.add_argument("--ratings", action="append", metavar="FILE.csv", help="saved by the sheet; may be repeated")
    results.add_argument("--key", metavar="FILE.key.csv", help="written beside the sheet")


COMMAND = Command(
    name="rate",
    help="a blind rating sheet for people, and what they said; Beam's own flags of storage pass through",
    add_arguments=add_arguments,
    passes_flags=True,
    run=job("pipelines.commands.rate"),
    examples=(
        "blogvae rate --variations variations --output sheet.html",
        "blogvae rate --ratings ratings.csv --key sheet.key.csv",
    ),
)
