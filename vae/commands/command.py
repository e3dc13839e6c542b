"""Runs every command of the project: flags from a config file, one-line errors, exit codes and the log."""

from __future__ import annotations

import argparse
import gc
import importlib
import logging
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vae.commands.parser import CommandParser
from vae.commands.section_text import section_text
from vae.errors import UserError, may_be_over
from vae.limits import limit_threads
from vae.log_lines import LOG_FORMATS, TEXT, start_log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger("blogvae")

PRINT_CONFIG: Final = "--print-config"

_NUMBERS: Final = re.compile(r"-[\d.]+,-?[\d.]+")
"""Two numbers of which the first is negative: argparse takes them for a flag."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command: its name, help text, flags and action.

    `passes_flags`: flags that the command does not know go to `args.other_flags`, for Beam.
    `config_text`: what --print-config prints, if it is not the section of the command.
    """

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], None]
    passes_flags: bool = False
    examples: tuple[str, ...] = ()
    config_text: Callable[[argparse.Namespace], str] | None = None


def job(module: str, function: str = "run") -> Callable[[argparse.Namespace], Any]:
    """Returns a function that imports a module and calls its `run`, so that flags are known before that import."""

    def run(args: argparse.Namespace) -> Any:
        gc.disable()  # to look for garbage in what imports make takes a sixth of their time, and finds none
        try:
            imported = importlib.import_module(module)
        finally:
            gc.enable()
        return getattr(imported, function)(args)

    return run


def main(command: Command, argv: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code: 0 for success, 2 for the user's mistake, 1 for any other error."""
    parser = parser_of(command)
    return execute(command, parser, sys.argv[1:] if argv is None else list(argv))


def parser_of(command: Command) -> CommandParser:
    """Makes the parser of a command: its own flags, and those that all commands share."""
    parser = CommandParser(prog=f"blogvae {command.name}", description=command.help, examples=command.examples)
    command.add_arguments(parser)
    shared = parser.add_argument_group("flags of every command")
    shared.add_argument("--config", metavar="FILE.yaml", help=f"read flags from this file's section {command.name!r}")
    shared.add_argument(
        PRINT_CONFIG, action="store_true", help="print all settings as a section for --config, and do nothing else"
    )
    shared.add_argument("--log-format", choices=LOG_FORMATS, default=TEXT, help="json: one object a line on stderr")
    shared.add_argument("--verbose", action="store_true", help="show the full traceback of an error")
    return parser


def execute(command: Command, parser: CommandParser, argv: list[str]) -> int:
    """Parses the flags and runs the command. Prints an error as one line, and returns the exit code."""
    start_log(command.name, _early_flag(argv, "--log-format"))
    verbose = "--verbose" in argv
    try:
        _check_decodable(argv)
        args = parse(command, parser, argv)
        verbose = args.verbose
        start_log(command.name, args.log_format)  # again, for the config file may set it
        limit_threads(os.environ)
        if args.print_config:
            print(
                command.config_text(args) if command.config_text else section_text(command.name, parser, args), end=""
            )
        else:
            command.run(args)
    except UserError as error:
        return _fail(error.exit_code, str(error), verbose=verbose)
    except OSError as error:
        if may_be_over(error):
            return _fail(1, f"{type(error).__name__}: {error} (--verbose shows the traceback)", verbose=verbose)
        place = f"{error.filename}: " if error.filename else ""
        return _fail(2, f"{place}{error.strerror}; check the disk and your access to it", verbose=verbose)
    except KeyboardInterrupt as error:
        return _fail(1, str(error) or "interrupted; the same command goes on where it stopped", verbose=verbose)
    except Exception as error:  # noqa: BLE001  (any other error is one line and exit code 1 too; --verbose shows the traceback)
        return _fail(1, f"{type(error).__name__}: {error} (--verbose shows the traceback)", verbose=verbose)
    return 0


def _check_decodable(argv: Sequence[str]) -> None:
    """Raises UserError for an argument that is not UTF-8."""
    for argument in argv:
        data = argument.encode("utf-8", "surrogateescape")
        if data.decode("utf-8", "replace") != argument:
            shown = data.decode("utf-8", "backslashreplace")
            raise UserError(f"{shown} is not UTF-8: write it in UTF-8; of a path, give the folder above it")


def _early_flag(argv: Sequence[str], name: str) -> str | None:
    """Returns the value of a flag that must be known before all flags are parsed, None without it."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument(name, nargs="?")
    value: str | None = next(iter(vars(early.parse_known_args(argv)[0]).values()))
    return value


def parse(command: Command, parser: CommandParser, argv: list[str]) -> argparse.Namespace:
    """Returns the parsed flags; flags of the config file come first, so that those of the command line win.

    Raises:
        UserError: the config file cannot be used.
        SystemExit: a flag is wrong; argparse prints a line and exits with code 2.
    """
    if config := _early_flag(argv, "--config"):
        section = read_config(config).get(command.name) or {}
        argv = [*flags_of(section, parser, where=f"{config}: {command.name}"), *argv]
    if PRINT_CONFIG in argv:
        parser.require_nothing()
    argv = _with_joined_numbers(argv)
    if not command.passes_flags:
        return parser.parse_args(argv)
    args, other_flags = parser.parse_known_args(argv)
    for flag in other_flags:
        # Beam's flags are written with underscores; what looks like a flag of ours need not wait for Beam.
        if flag.startswith("--") and "_" not in flag and parser.nearest_flag(flag):
            parser.error(f"unrecognized arguments: {flag}")
    args.other_flags = other_flags
    return args


def _with_joined_numbers(argv: Sequence[str]) -> list[str]:
    """Returns the arguments with `--bounds -1,1` written as `--bounds=-1,1`."""
    joined: list[str] = []
    for argument in argv:
        if joined and joined[-1].startswith("--") and _NUMBERS.fullmatch(argument):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def read_config(path: str) -> dict[str, Any]:
    """Reads a config file: a section of flags for each command, and `folder`, which the chain of `run` writes to.

    Raises:
        UserError: the file cannot be read, or has another form.
    """
    import yaml  # noqa: PLC0415  (takes as long to import as all else here)

    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UserError(f"{path}: {' '.join(str(error).split())}") from error
    sections = {name: section for name, section in data.items() if name != "folder"} if isinstance(data, dict) else None
    if sections is None or not all(isinstance(section, dict | None) for section in sections.values()):
        raise UserError(f"{path}: expected a section of flags for each command, like `prepare: {{input: posts/}}`")
    return dict(data)


def flags_of(section: dict[str, object], parser: CommandParser, *, where: str) -> list[str]:
    """Returns a config section as command-line flags, without those that state a default.

    So a file may state a default without effect, which is an error on the command line.

    Args:
        section: keys are flags without their first hyphens; those of the parser may have underscores for hyphens.
        parser: the parser of the command. Keys that it does not know are flags of Beam, and stay as they are written.
        where: names the section in errors.

    Raises:
        UserError: a value cannot be the value of a flag.
    """
    flags: list[str] = []
    for key, value in section.items():
        hyphened = f"--{str(key).replace('_', '-')}"
        flag = hyphened if parser.has_flag(hyphened) else f"--{key}"
        if parser.states_default(flag, value):
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) or item is None:
                raise UserError(f"{where}.{key}: {item!r} is no value of a flag")
            if item is not False:
                flags.extend([flag] if item is True else [flag, str(item)])
    return flags


def _fail(code: int, message: str, *, verbose: bool) -> int:
    """Logs an error in one line, with its traceback if `verbose`, and returns `code`."""
    log.error(" ".join(message.split()), exc_info=verbose)
    return code
