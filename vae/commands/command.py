"""What every command of the project shares: flags from a config file, one-line errors, exit codes, the log."""

from __future__ import annotations

import argparse
import logging
import re
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from vae.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger("blogvae")

_NUMBERS: Final = re.compile(r"-[\d.]+,-?[\d.]+")
"""Two numbers, the first below zero, which argparse takes for a flag."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command: its flags, and what it does with them.

    `passes_flags` says that flags it does not know are left in `args.other_flags` for the program below it (Beam).
    """

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], None]
    passes_flags: bool = False


def main(command: Command, argv: Sequence[str] | None = None) -> int:
    """Runs a command. Returns 0 when done, 2 for the user's mistake, 1 for anything else."""
    parser = argparse.ArgumentParser(prog=f"blogvae {command.name}", description=command.help, allow_abbrev=False)
    add_shared_flags(command, parser)
    given = sys.argv[1:] if argv is None else list(argv)
    return execute(command, parser, given)


def add_shared_flags(command: Command, parser: argparse.ArgumentParser) -> None:
    """A command's own flags and those all commands have."""
    parser.formatter_class = argparse.ArgumentDefaultsHelpFormatter
    command.add_arguments(parser)
    parser.add_argument("--config", metavar="FILE.yaml", help=f"flags from this file's section {command.name!r}")
    parser.add_argument("--verbose", action="store_true", help="full traceback on errors")


def execute(command: Command, parser: argparse.ArgumentParser, argv: list[str]) -> int:
    """Parses, then runs; errors become one line and an exit code."""
    start_log()
    verbose = "--verbose" in argv
    try:
        _check_decodable(argv)
        args = parse(command, parser, argv)
        verbose = args.verbose
        command.run(args)
    except UserError as error:
        return _fail(2, str(error), verbose=verbose)
    except OSError as error:
        if error.errno is None:
            return _fail(1, f"{type(error).__name__}: {error} (--verbose shows the traceback)", verbose=verbose)
        place = f"{error.filename}: " if error.filename else ""
        return _fail(2, f"{place}{error.strerror}; check the disk and your access to it", verbose=verbose)
    except KeyboardInterrupt as error:
        return _fail(1, str(error) or "interrupted; the same command goes on where it stopped", verbose=verbose)
    except Exception as error:  # noqa: BLE001  (the last line of defence: exit code 1, traceback on demand)
        return _fail(1, f"{type(error).__name__}: {error} (--verbose shows the traceback)", verbose=verbose)
    return 0


def _check_decodable(argv: Sequence[str]) -> None:
    for argument in argv:
        data = argument.encode("utf-8", "surrogateescape")
        if data.decode("utf-8", "replace") != argument:
            shown = data.decode("utf-8", "backslashreplace")
            raise UserError(f"{shown} is not UTF-8: write it in UTF-8; of a path, give the folder above it")


def start_log() -> None:
    """One line a step on stderr; of what libraries log, errors only."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)
    logging.getLogger().setLevel(logging.ERROR)


def parse(command: Command, parser: argparse.ArgumentParser, argv: list[str]) -> argparse.Namespace:
    """The flags, those of the config file's section as defaults.

    Raises:
        UserError: the config file cannot be used; a wrong flag ends the program with argparse's own line and code 2.
    """
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--config")
    config = early.parse_known_args(argv)[0].config
    if config:
        argv = [*flags_of(read_config(config).get(command.name) or {}, where=f"{config}: {command.name}"), *argv]
    argv = _joined(argv)
    if not command.passes_flags:
        return parser.parse_args(argv)
    args, other_flags = parser.parse_known_args(argv)
    args.other_flags = other_flags
    return args


def _joined(argv: Sequence[str]) -> list[str]:
    """`--bounds -1,1` as `--bounds=-1,1`."""
    joined: list[str] = []
    for argument in argv:
        if joined and joined[-1].startswith("--") and _NUMBERS.fullmatch(argument):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def read_config(path: str) -> dict[str, Any]:
    """Sections of flags by command, and `folder`, where a chain writes. Raises UserError."""
    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UserError(f"{path}: {' '.join(str(error).split())}") from error
    sections = {name: section for name, section in data.items() if name != "folder"} if isinstance(data, dict) else None
    if sections is None or not all(isinstance(section, dict | None) for section in sections.values()):
        raise UserError(f"{path}: expected a section of flags for each command, like `prepare: {{input: posts/}}`")
    return dict(data)


def flags_of(section: dict[str, object], *, where: str) -> list[str]:
    """A section's keys as flags. Raises UserError for a value that is no flag's value."""
    flags: list[str] = []
    for key, value in section.items():
        flag = f"--{str(key).replace('_', '-')}"
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) or item is None:
                raise UserError(f"{where}.{key}: {item!r} is no value of a flag")
            if item is not False:
                flags.extend([flag] if item is True else [flag, str(item)])
    return flags


def _fail(code: int, message: str, *, verbose: bool) -> int:
    if verbose:
        traceback.print_exc()
    print(f"blogvae: {' '.join(message.split())}", file=sys.stderr)
    return code
