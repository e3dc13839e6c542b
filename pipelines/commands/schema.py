"""`blogvae schema`: prints the JSON schema of the files that --config reads."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, Final

from pipelines.cli import COMMANDS, command_named
from pipelines.flags.schema import COMMAND
from vae.commands.command import main
from vae.commands.parser import config_key

_TYPES: Final[dict[Any, str]] = {int: "integer", float: "number"}
"""The JSON type of a flag's type; all others are strings."""


def run(_args: argparse.Namespace) -> None:
    """Prints the schema."""
    print(json.dumps(config_schema(), indent=2, ensure_ascii=False))


def config_schema() -> dict[str, Any]:
    """Returns the schema (JSON Schema 2020-12) of a file with a section of flags for each command."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "blogvae --config",
        "type": "object",
        "properties": {
            "folder": {"type": "string", "description": "where the chain of `blogvae run` writes"},
            **{name: section_schema(name) for name in COMMANDS},
        },
        "additionalProperties": False,
    }


def section_schema(name: str) -> dict[str, Any]:
    """Returns the schema of a command's section: its flags with underscores for hyphens."""
    command, parser = command_named(name), argparse.ArgumentParser(add_help=False)
    command.add_arguments(parser)
    flags = {config_key(action): _flag_schema(action) for action in parser._actions if action.option_strings}  # noqa: SLF001 - argparse lists them nowhere else
    return {
        "type": ["object", "null"],
        "description": command.help,
        "properties": flags,
        "additionalProperties": command.passes_flags,
    }


def _flag_schema(action: argparse.Action) -> dict[str, Any]:
    schema: dict[str, Any] = {"description": action.help}
    if action.nargs == 0:
        return {**schema, "type": "boolean"}
    value = {"enum": list(action.choices)} if action.choices else {"type": _TYPES.get(action.type, "string")}
    if isinstance(action.default, int | float | str):
        schema["default"] = action.default
    if isinstance(action, argparse._AppendAction):  # noqa: SLF001 - argparse has no public name for it
        return {**schema, "anyOf": [value, {"type": "array", "items": value}]}
    return {**schema, **value}


if __name__ == "__main__":
    sys.exit(main(COMMAND))
