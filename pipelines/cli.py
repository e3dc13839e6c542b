"""The console command `blogvae`, which runs one of the commands listed here."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import TYPE_CHECKING

from vae.commands.command import Command, execute, parser_of
from vae.commands.parser import nearest
from vae.log_lines import start_log

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "demo": ("pipelines.flags.demo", "vary the sample corpus that ships, and print the result"),
    "prepare": ("pipelines.flags.prepare", "read, clean and tokenize posts into a dataset"),
    "train": ("vae.commands.train", "train a text VAE on a dataset"),
    "calibrate": ("vae.commands.calibrate", "measure again how far a model changes texts"),
    "teach": ("vae.commands.teach", "teach a masked model what people write instead"),
    "evaluate": ("vae.commands.evaluate", "measure a model on held-out rows"),
    "compare": ("vae.commands.compare", "train presets on one dataset and set their figures side by side"),
    "augment": ("pipelines.flags.augment", "write filtered variations of posts"),
    "judge": ("pipelines.flags.judge", "judge the candidates of augment by other rules, without the model"),
    "encode": ("pipelines.flags.encode", "write latents, likelihoods and anomaly scores of posts"),
    "vary": ("vae.commands.vary", "variations of one text, on the terminal"),
    "interpolate": ("vae.commands.interpolate", "texts on the way between two, on the terminal"),
    "report": ("pipelines.flags.report", "one HTML page about a variations folder"),
    "rate": ("pipelines.flags.rate", "a blind rating sheet for people, and what they said"),
    "run": ("pipelines.flags.run", "the whole chain from one file, for a scheduler"),
    "settings": ("vae.commands.show_settings", "list the settings of a preset, which train --set changes"),
    "doctor": ("pipelines.flags.doctor", "check this machine and this installation"),
    "schema": ("pipelines.flags.schema", "print the JSON schema of --config files, for editors"),
    "completion": ("pipelines.flags.completion", "print the script that completes commands and flags in a shell"),
}
"""The module of each command's flags, and its line in the help."""


class ShowVersion(argparse.Action):
    """Prints the version and exits; `importlib.metadata`, which takes as long as the rest, is imported only then."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002  (argparse gives it by this name)
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Prints the version."""
        from importlib.metadata import version  # noqa: PLC0415

        print(f"blogvae {version('blogvae')}")
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Runs `blogvae COMMAND ...`; `vae.commands.command.main` describes the exit codes."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    name = _command_name(arguments[:1])
    start_log()
    command = command_named(name)
    return execute(command, parser_of(command), arguments[1:])


def _command_name(arguments: Sequence[str]) -> str:
    """Returns the command that the first argument names; prints help, version or an error and exits otherwise."""
    summaries = "\n".join(f"  {name:<12}{summary}" for name, (_, summary) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="blogvae",
        description="Filtered variations of blog posts.",
        epilog=f"commands:\n{summaries}\n\n`blogvae COMMAND --help` shows a command's flags and defaults.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=ShowVersion, help="show the version and exit")
    parser.add_argument("command", metavar="COMMAND", help="what to do")
    name: str = parser.parse_args(arguments).command
    if name not in COMMANDS:
        similar = nearest(name, COMMANDS)
        remedy = f"did you mean {similar}?" if similar else "`blogvae --help` lists the commands"
        parser.exit(2, f"blogvae: there is no command {name!r}; {remedy}\n")
    return name


def command_named(name: str) -> Command:
    """Imports one command; the imports of the others, such as torch or Beam, are left out."""
    command: Command = importlib.import_module(COMMANDS[name][0]).COMMAND
    return command


if __name__ == "__main__":
    sys.exit(main())
