"""`blogvae rate`: writes a blind rating sheet for people, or prints what they answered."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from pipelines.beam.file_systems import open_file_systems
from pipelines.errors import UserError
from pipelines.flags.rate import COMMAND
from pipelines.report.rating_sheet import write_rating_sheet
from pipelines.report.ratings import rating_means
from vae.commands.command import main

if TYPE_CHECKING:
    import argparse

    from pipelines.report.ratings import Estimate

log = logging.getLogger("blogvae")

MEASURE_COLUMNS = {
    "fluent": ("fluent, 1 to 5", ".2f"),
    "publish": ("publishable", ".0%"),
    "same_meaning": ("same meaning, 1 to 5", ".2f"),
    "change": ("words changed", ".0%"),
}
"""The columns of the printed table: heading and number format of each measure."""


def run(args: argparse.Namespace) -> None:
    """Writes a sheet and its key, or prints means by source. Raises UserError if neither has all its flags."""
    open_file_systems(args.other_flags)
    if args.ratings and args.key and not (args.variations or args.output):
        _print(rating_means(args.ratings, key=args.key))
    elif args.variations and args.output and not (args.ratings or args.key):
        _write(args)
    else:
        raise UserError("give --variations and --output to write a sheet, or --ratings and --key to read what was said")


def _write(args: argparse.Namespace) -> None:
    if args.pairs < 1:
        raise UserError(f"--pairs is {args.pairs}; give 1 or more")
    folders = [folder.rstrip("/") for folder in args.variations]
    twice = {folder for folder in folders if folders.count(folder) > 1}
    if twice:
        raise UserError(f"--variations names {', '.join(sorted(twice))} twice; give each folder once")
    rows, key = write_rating_sheet(variations=folders, output=args.output, posts=args.pairs, seed=args.seed)
    if rows < args.pairs * len(folders):
        log.warning("only %d of %d pairs: no more posts fit in every folder", rows, args.pairs * len(folders))
    log.info("%s written, %d pairs; which text is whose stands in %s", args.output, rows, key)


def _print(means: dict[str, dict[str, Estimate]]) -> None:
    width = max(map(len, ["source", *means]))
    print(f"{'source':<{width}}", *(f"{heading:>28}" for heading, _ in MEASURE_COLUMNS.values()))
    for source, estimates in means.items():
        cells = (_cell(estimates.get(name), form) for name, (_, form) in MEASURE_COLUMNS.items())
        print(f"{source:<{width}}", *(f"{cell:>28}" for cell in cells))
    print("Means (95 % intervals by bootstrap over posts) and numbers of answers.")


def _cell(estimate: Estimate | None, form: str) -> str:
    if estimate is None:
        return "–"
    return f"{estimate.mean:{form}} ({estimate.low:{form}} to {estimate.high:{form}}) n={estimate.answers:,}"


if __name__ == "__main__":
    sys.exit(main(COMMAND))
