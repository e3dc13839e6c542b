"""`blogvae report`: writes one HTML page about a variations folder."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from pipelines.beam.file_systems import open_file_systems
from pipelines.report.variations_page import write_report
from vae.commands.command import Command, main

if TYPE_CHECKING:
    import argparse

log = logging.getLogger("blogvae")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of report."""
    parser.add_argument("--variations", required=True, metavar="DIR", help="a folder written by augment")
    parser.add_argument("--output", required=True, metavar="FILE.html", help="the page to write")


def run(args: argparse.Namespace) -> None:
    """Writes the page."""
    open_file_systems(args.other_flags)
    write_report(variations=args.variations, output=args.output)
    log.info("%s written", args.output)


COMMAND = Command(
    name="report",
    help="one HTML page about a variations folder; Beam's own flags of storage pass through",
    add_arguments=add_arguments,
    run=run,
    passes_flags=True,
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
