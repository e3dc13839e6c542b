"""The flags of `blogvae completion`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.commands.command import Command, job

if TYPE_CHECKING:
    import argparse

SHELLS = ("bash", "zsh", "tcsh")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of completion."""
    parser.add_argument("shell", choices=SHELLS, help="the shell that the script is for")


COMMAND = Command(
    name="completion",
    help="print the script that completes the commands and flags of blogvae in a shell",
    add_arguments=add_arguments,
    run=job("pipelines.commands.completion"),
    examples=("blogvae completion bash > ~/.local/share/bash-completion/completions/blogvae",),
)
