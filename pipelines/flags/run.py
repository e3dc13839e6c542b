"""The flags of `blogvae run`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.commands.command import Command, job

if TYPE_CHECKING:
    import argparse


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Adds no flags: all flags of the chain stand in the file of --config."""


COMMAND = Command(
    name="run",
    help="the whole chain from one file, for a scheduler",
    add_arguments=add_arguments,
    run=job("pipelines.commands.run"),
    examples=("blogvae run --config chain.yaml",),
)
