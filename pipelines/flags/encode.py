"""The flags of `blogvae encode`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.flags.posts import add_posts_arguments
from pipelines.posts.split import SPLITS
from vae.commands.command import Command, job

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of encode."""
    add_posts_arguments(parser)
    parser.add_argument("--output", required=True, metavar="DIR", help="the latents folder to write")
    parser.add_argument("--split", choices=SPLITS, help="encode posts of this split only")
    parser.add_argument("--seed", type=int, default=0, help="of the one sample of z that each likelihood is read from")
    parser.add_argument("--limit", type=int, help="encode the first so many posts only; no more of --input are read")
    parser.add_argument("--overwrite", action="store_true", help="replace another run's output")
    parser.add_argument(
        "--clean", action="store_true", help="remove files of earlier runs that the manifest does not list"
    )


COMMAND = Command(
    name="encode",
    help="write latents, likelihoods and anomaly scores of posts; Beam's own flags pass through",
    add_arguments=add_arguments,
    run=job("pipelines.commands.encode"),
    passes_flags=True,
    examples=(
        "blogvae encode --dataset dataset --model base-en --output latents",
        "blogvae encode --dataset dataset --model model --split test --output latents",
    ),
)
