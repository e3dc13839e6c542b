"""`blogvae report`: writes one HTML page about a variations folder."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from pipelines.beam.file_systems import open_file_systems
from pipelines.flags.report import COMMAND
from pipelines.report.variations_page import write_report
from vae.commands.command import main

if TYPE_CHECKING:
    import argparse

log = logging.getLogger("blogvae")


def run(args: argparse.Namespace) -> None:
    """Writes the page."""
    open_file_systems(args.other_flags)
    write_report(variations=args.variations, output=args.output)
    log.info("%s written", args.output)


if __name__ == "__main__":
    sys.exit(main(COMMAND))
