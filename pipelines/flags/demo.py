"""The flags of `blogvae demo`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.commands.command import Command, job

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of demo."""
    parser.add_argument("--output", default="blogvae-demo", metavar="DIR", help="the folder to write")
    parser.add_argument("--limit", type=int, default=40, help="how many posts to vary")


COMMAND = Command(
    name="demo",
    help="vary the sample corpus that ships with blogvae, and print posts beside their variations",
    add_arguments=add_arguments,
    run=job("pipelines.commands.demo"),
    examples=("blogvae demo", "blogvae demo --output /tmp/demo --limit 4"),
)
