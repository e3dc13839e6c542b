"""The console command `blogvae`, which runs one of the commands listed here."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import TYPE_CHECKING

from vae.commands.command import Command, CommandParser, execute
from vae.log_lines import start_log

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "prepare": ("pipelines.commands.prepare", "read, clean and tokenize posts into a dataset"),
    "train": ("vae.commands.train", "train a text VAE on a dataset"),
    "calibrate": ("vae.commands.calibrate", "measure again how far a model changes texts"),
    "teach": ("vae.commands.teach", "teach a masked model what people write instead"),
    "evaluate": ("vae.commands.evaluate", "measure a model on held-out rows"),
    "compare": ("vae.commands.compare", "train presets on one dataset and set their figures side by side"),
    "augment": ("pipelines.commands.augment", "write filtered variations of posts"),
    "judge": ("pipelines.commands.judge", "judge the candidates of augment by other rules, without the model"),
    "encode": ("pipelines.commands.encode", "write latents, likelihoods and anomaly scores of posts"),
    "vary": ("vae.commands.vary", "variations of one text, on the terminal"),
    "interpolate": ("vae.commands.interpolate", "texts on the way between two, on the terminal"),
    "report": ("pipelines.commands.report", "one HTML page about a variations folder"),
    "rate": ("pipelines.commands.rate", "a blind rating sheet for people, and what they said"),
    "run": ("pipelines.commands.run", "the whole chain from one file, for a scheduler"),
}
"""The module of each command, and its summary in the help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs `blogvae COMMAND ...` and returns the exit code, as vae.commands.command.main documents them."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    summaries = "\n".join(f"  {name:<12}{summary}" for name, (_, summary) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="blogvae",
        description="Filtered variations of blog posts.",
        epilog=f"commands:\n{summaries}\n\n`blogvae COMMAND --help` shows a command's flags and their defaults.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="what to do")
    name = parser.parse_args(arguments[:1]).command
    start_log()
    command = command_named(name)
    return execute(command, CommandParser(command), arguments[1:])


def command_named(name: str) -> Command:
    """Imports only this command, so that `vary` does not wait for Beam to be imported, nor `prepare` for torch."""
    command: Command = importlib.import_module(COMMANDS[name][0]).COMMAND
    return command


if __name__ == "__main__":
    sys.exit(main())
