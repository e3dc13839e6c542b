"""The flags of `blogvae judge`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.flags.folder import add_folder_arguments
from vae.commands.command import Command, job

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of judge."""
    parser.add_argument("--variations", required=True, metavar="DIR", help="a folder written by augment or judge")
    parser.add_argument("--filters", metavar="FILE.yaml", help="rules and thresholds that differ from the default")
    parser.add_argument(
        "--per-post", type=int, help="variations wanted of each post; without it, as many as in that run"
    )
    add_folder_arguments(parser)


COMMAND = Command(
    name="judge",
    help="judge the candidates of an earlier run by other rules, without a model; Beam's own flags pass through",
    add_arguments=add_arguments,
    run=job("pipelines.commands.judge"),
    passes_flags=True,
    examples=(
        "blogvae judge --variations variations --filters rules.yaml --output judged",
        "blogvae judge --variations variations --per-post 1 --output judged",
    ),
)
