"""`blogvae completion`: prints the script that completes commands and flags in a shell."""

from __future__ import annotations

import argparse
import sys

import shtab

from pipelines.cli import COMMANDS, command_named
from pipelines.flags.completion import COMMAND
from vae.commands.command import main


def run(args: argparse.Namespace) -> None:
    """Prints the script for the shell."""
    print(shtab.complete(parser_of_all(), shell=args.shell))


def parser_of_all() -> argparse.ArgumentParser:
    """Makes one parser of all commands, which completion scripts are made from."""
    parser = argparse.ArgumentParser(prog="blogvae")
    commands = parser.add_subparsers(dest="command")
    for name, (_, summary) in COMMANDS.items():
        command_named(name).add_arguments(commands.add_parser(name, help=summary))
    return parser


if __name__ == "__main__":
    sys.exit(main(COMMAND))
