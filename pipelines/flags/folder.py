"""The flags that augment and judge share: their output folder, and what is written beside its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.commands.idle_flags import refuse_idle_flags

if TYPE_CHECKING:
    import argparse

EXPORT_KINDS = ("csv", "jsonl", "txt")
"""The formats of --export."""


def add_folder_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags for the output folder, for the files that are in it, and for exports."""
    parser.add_argument("--output", required=True, metavar="DIR", help="the variations folder to write")
    parser.add_argument("--overwrite", action="store_true", help="replace another run's output")
    parser.add_argument(
        "--clean", action="store_true", help="remove files of earlier runs that the manifest does not list"
    )
    parser.add_argument("--export", choices=EXPORT_KINDS, help="write the variations in this format, too")
    parser.add_argument(
        "--guard-formulas",
        action="store_true",
        help="with --export csv: an apostrophe before what a spreadsheet would compute",
    )


def check_folder_flags(args: argparse.Namespace) -> None:
    """Raises UserError for a flag that does nothing without another one."""
    refuse_idle_flags(args, {"guard_formulas": ("--export csv", args.export == "csv")})
