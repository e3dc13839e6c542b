"""`blogvae settings`: lists the settings of a preset, with what each section means."""

from __future__ import annotations

import inspect
import sys
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import yaml

from vae.commands.command import Command, main
from vae.settings import Settings, load_preset, presets

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of settings."""
    parser.add_argument("preset", nargs="?", default="small", help=f"one of {', '.join(presets())}")


def run(args: argparse.Namespace) -> None:
    """Prints the settings of the preset.

    Raises:
        UserError: there is no such preset.
    """
    print(settings_text(load_preset(args.preset)), end="")


def settings_text(settings: Settings) -> str:
    """Returns all settings as YAML, which a preset may hold; comments say what each section is and what it bounds."""
    values = settings.as_dict()
    lines = []
    for section in fields(Settings):
        part = getattr(settings, section.name)
        lines += [f"# {line}".rstrip() for line in (inspect.getdoc(part) or "").splitlines()]
        lines.append(f"{section.name}:")
        bounds = {field.name: field.metadata for field in fields(part)}
        for key, value in values[section.name].items():
            written = yaml.safe_dump(value, default_flow_style=True).removesuffix("\n...\n").strip()
            lines.append(f"  {key}: {written}{_bounds(bounds.get(key))}")
        lines.append("")
    return "\n".join(lines)


def _bounds(limits: Any) -> str:
    if not limits:
        return ""
    most = "" if limits["high"] == float("inf") else f", at most {limits['high']}"
    return f"  # at least {limits['low']}{most}"


COMMAND = Command(
    name="settings",
    help="list the settings of a preset as YAML; `train --set KEY=VALUE` changes one",
    add_arguments=add_arguments,
    run=run,
    examples=("blogvae settings", "blogvae settings base"),
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
