"""Writes the section of a command in a file of --config, with all settings of a command line."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

from vae.commands.parser import config_key

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from vae.commands.parser import CommandParser

NO_SETTINGS: Final = ("help", "config", "print_config", "log_format", "verbose")
"""Flags that say how a command is run, not what it makes."""


def section_text(name: str, parser: CommandParser, args: argparse.Namespace) -> str:
    """Returns the section as YAML. A flag that has no value is a comment that says what its value would be."""
    lines = [
        _line(config_key(action), getattr(args, action.dest)) or f"# {config_key(action)}: {_value_of(action)}"
        for action in parser.flags()
        if action.dest not in NO_SETTINGS
    ]
    lines += [_line(name, value) for name, value in _beams(getattr(args, "other_flags", ())).items()]
    return f"{name}:\n" + "".join(textwrap.indent(f"{line}\n", "  ") for line in lines)


def _line(key: str, value: Any) -> str:
    """Returns the key with its value; nothing for a flag without a value."""
    import yaml  # noqa: PLC0415  (takes as long to import as the whole command line)

    if value is None:
        return ""
    return yaml.safe_dump({key: value}, allow_unicode=True, default_flow_style=False, width=10_000).rstrip()


def _value_of(action: argparse.Action) -> str:
    """Returns what the help shows for the value of a flag."""
    return str(action.metavar or "|".join(map(str, action.choices or ())) or action.dest.upper())


def _beams(flags: Sequence[str]) -> dict[str, Any]:
    """Returns flags of Beam by their names: True for one without a value, a list for one that is given twice."""
    values: dict[str, list[Any]] = {}
    name = ""
    for flag in flags:
        if flag.startswith("--"):
            name, equals, value = flag[2:].partition("=")
            values.setdefault(name, []).extend([value] if equals else [])
        else:
            values[name].append(flag)
    return {name: (each if len(each) > 1 else each[0]) if each else True for name, each in values.items()}
