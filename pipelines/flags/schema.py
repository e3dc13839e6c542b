"""The flags of `blogvae schema`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.commands.command import Command, job

if TYPE_CHECKING:
    import argparse


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Adds no flags: the schema is the same for all."""


COMMAND = Command(
    name="schema",
    help="print the JSON schema of --config files, with which an editor completes and checks them",
    add_arguments=add_arguments,
    run=job("pipelines.commands.schema"),
    examples=("blogvae schema > blogvae.schema.json",),
)
