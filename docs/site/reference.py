"""Writes the pages of the reference from the code: the flags of all commands, and the settings of models."""

from __future__ import annotations

import io
import os
import re
from contextlib import redirect_stdout, suppress
from dataclasses import Field, fields
from importlib.resources import files
from inspect import cleandoc
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pipelines.cli import COMMANDS, main
from vae.models.configs import TEXT_FAMILIES
from vae.settings import ObjectiveSettings, TrainingSettings, presets

COMMANDS_INTRODUCTION = """# Commands and flags

This page is what `--help` prints. The name of a flag, without `--`, is also its key in the file of `--config`.
"""

SETTINGS_INTRODUCTION = """# Settings and presets

You give these settings as `train --set KEY=VALUE` or in a preset. The items of a list stand between commas.

## Presets
"""

PYTHON = """# Python

What a program uses: a trained model, and the latents and variations that it gives.

::: vae.TextVAE

::: vae.latent.gaussian.Latents

::: vae.variation.variation.Variation
"""


def commands_page() -> str:
    """Returns a page with the help of each command."""
    parts = [COMMANDS_INTRODUCTION]
    for name, (_, summary) in COMMANDS.items():
        parts.append(f"## {name}\n\n`blogvae {name}`: {summary}.\n\n```text\n{_help(name)}```\n")
    return "\n".join(parts)


def settings_page() -> str:
    """Returns a page with all settings that `--set` takes, and the presets."""
    parts = [SETTINGS_INTRODUCTION]
    for name in presets():
        preset = files("vae.presets").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
        parts.append(f"### {name}\n\n```yaml\n{preset}```\n")
    for title, section in [
        ("training", TrainingSettings),
        ("objective", ObjectiveSettings),
        *((f"model, family `{name}`", family) for name, family in TEXT_FAMILIES.items()),
    ]:
        parts.append(f"## {title}\n\n{_section(section)}")
    return "\n".join(parts)


def _help(name: str) -> str:
    """Returns what `blogvae NAME --help` prints on a terminal of 100 columns."""
    printed, before = io.StringIO(), os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"
    try:
        with redirect_stdout(printed), suppress(SystemExit):
            main([name, "--help"])
    finally:
        os.environ.pop("COLUMNS") if before is None else os.environ.update(COLUMNS=before)
    return printed.getvalue()


def _section(section: type) -> str:
    """Returns what the docstring of a section says, and a table of its settings."""
    prose, _, attributes = cleandoc(section.__doc__ or "").partition("\nAttributes:\n")
    meanings = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", attributes, re.MULTILINE)
    told = {name: " ".join(text.split()) for name, text in meanings}
    columns = ["key", "default", "values", *(["meaning"] if told else [])]
    rows = [columns, ["---"] * len(columns)]
    hints = get_type_hints(section)
    for field in fields(section):
        row = [f"`{field.name}`", _shown(field.default), _values(hints[field.name], field)]
        rows.append([*row, *([told.get(field.name, "")] if told else [])])
    return f"{prose.strip()}\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _shown(default: object) -> str:
    """Returns a default as `--set` takes it."""
    text = ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
    return f"`{text.lower() if isinstance(default, bool) else text}`" if text else "none"


def _values(hint: Any, field: Field[Any]) -> str:
    """Returns in words which values a setting takes."""
    if get_origin(hint) is tuple:
        return f"a list: {_values(get_args(hint)[0], field)}"
    if get_origin(hint) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(hint))
    kind = {bool: "`true`, `false`", int: "whole number", float: "number", str: "text"}[hint]
    low, high = field.metadata.get("low"), field.metadata.get("high", float("inf"))
    limits = "" if low is None else f", at least {low}" if high == float("inf") else f", {low} to {high}"
    return kind + limits
