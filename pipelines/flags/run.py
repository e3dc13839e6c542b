"""The flags of `blogvae run`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.flags.chain_steps import CHAIN_STEPS
from vae.commands.command import Command, job

if TYPE_CHECKING:
    import argparse


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Adds no flags: all flags of the chain stand in the file of --config."""


COMMAND = Command(
    name="run",
    help=(
        "run the whole chain from one file, for a scheduler. The file has a section for each step that is wanted, out "
        f"of {', '.join(step.name for step in CHAIN_STEPS)}; its keys are the flags of that command. `folder` says "
        "where all is written. Steps whose inputs and flags did not change are skipped."
    ),
    add_arguments=add_arguments,
    run=job("pipelines.commands.run"),
    config_text=job("pipelines.commands.run", "config_text"),
    examples=("blogvae run --config chain.yaml",),
)
