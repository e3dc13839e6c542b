"""The parser of a command's flags: help with examples, and errors that name the nearest flag."""

from __future__ import annotations

import argparse
import logging
import re
import textwrap
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

from vae.log_lines import json_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

log = logging.getLogger("blogvae")

_UNKNOWN = re.compile(r"unrecognized arguments: (?P<flag>-\S+)")

SIMILAR = 0.75
"""How much of two names must be alike before one is offered for the other (the ratio of difflib)."""


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Shows the defaults that say something, and leaves the lines of examples as they are."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        """Leaves out the defaults None, False and the empty list: the help says what happens without the flag."""
        return action.help if action.default in (None, False, []) else super()._get_help_string(action)


class CommandParser(argparse.ArgumentParser):
    """Parses the flags of one command; a wrong one ends the program with code 2 and a line that names the nearest."""

    def __init__(self, *, prog: str, description: str, examples: Sequence[str] = ()) -> None:
        """Shows `examples`, command lines, below the flags."""
        epilog = "\n".join(["examples:", *(f"  {example}" for example in examples)]) if examples else None
        super().__init__(
            prog=prog,
            description=textwrap.fill(description, 80),
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=HelpFormatter,
        )

    def error(self, message: str) -> NoReturn:
        """Prints the message in the format of the log, with the nearest flag if one is unknown."""
        unknown = _UNKNOWN.search(message)
        nearest = self.nearest_flag(unknown["flag"]) if unknown else None
        remedy = f"; did you mean {nearest}?" if nearest else f"; `{self.prog} --help` lists the flags"
        if json_step() is not None:
            log.error("%s%s", message, remedy)
            self.exit(2)
        self.exit(2, f"{self.prog}: error: {message}{remedy}\n")

    def has_flag(self, flag: str) -> bool:
        """Returns whether this is a flag of the command."""
        return flag in self._option_string_actions

    def states_default(self, flag: str, value: object) -> bool:
        """Returns whether a flag of the command would have this value without being given."""
        default = self._option_string_actions[flag].default if self.has_flag(flag) else None
        return value is not None and value == default and isinstance(value, bool) == isinstance(default, bool)

    def flags(self) -> list[argparse.Action]:
        """Returns the flags in the order of the help."""
        return [action for action in self._actions if action.option_strings]

    def require_nothing(self) -> None:
        """Lets required flags be left out from now on."""
        for action in self._actions:
            action.required = False
        for group in self._mutually_exclusive_groups:
            group.required = False

    def nearest_flag(self, flag: str) -> str | None:
        """Returns the flag of this command that is most like a wrong one, None if none is."""
        return nearest(flag.partition("=")[0], self._option_string_actions)


def config_key(action: argparse.Action) -> str:
    """Returns the key of a flag in the file of --config: its name with underscores for hyphens."""
    return max(action.option_strings, key=len).lstrip("-").replace("-", "_")


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Returns the name that is most like a wrong one, None if none is."""
    return next(iter(get_close_matches(name, names, n=1, cutoff=SIMILAR)), None)
