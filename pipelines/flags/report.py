"""The flags of `blogvae report`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.commands.command import Command, job

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of report."""
    parser.add_argument("--variations", required=True, metavar="DIR", help="a folder written by augment")
    parser.add_argument("--output", required=True, metavar="FILE.html", help="the page to write")


COMMAND = Command(
    name="report",
    help="one HTML page about a variations folder; Beam's own flags of storage pass through",
    add_arguments=add_arguments,
    passes_flags=True,
    run=job("pipelines.commands.report"),
    examples=("blogvae report --variations variations --output report.html",),
)
