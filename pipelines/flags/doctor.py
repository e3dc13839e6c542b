"""The flags of `blogvae doctor`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.commands.command import Command, job

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of doctor."""
    parser.add_argument("--folder", default=".", metavar="DIR", help="where outputs will be written, to see its space")


COMMAND = Command(
    name="doctor",
    help="check versions, cores, memory, disk, GPU and models, and vary a sentence; takes about ten seconds",
    add_arguments=add_arguments,
    run=job("pipelines.commands.doctor"),
    examples=("blogvae doctor", "blogvae doctor --folder /data/out"),
)
