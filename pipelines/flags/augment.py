"""The flags of `blogvae augment`, without anything that takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.beam.devices import AUTO, DEVICES
from pipelines.flags.folder import add_folder_arguments
from pipelines.flags.posts import add_posts_arguments
from vae.commands.command import Command, job
from vae.commands.sampling_flags import add_sampling_arguments

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of augment."""
    add_posts_arguments(parser)
    parser.add_argument("--per-post", type=int, default=2, help="variations wanted of each post")
    add_sampling_arguments(parser)
    parser.add_argument("--filters", metavar="FILE.yaml", help="rules and thresholds that differ from the default")
    parser.add_argument("--limit", type=int, help="vary the first so many posts only; no more of --input are read")
    parser.add_argument(
        "--device", choices=DEVICES, default=AUTO, help="where the model runs; auto: on a GPU of this machine, if any"
    )
    add_folder_arguments(parser)
    parser.add_argument("--dry-run", action="store_true", help="log what would be varied and how long; write nothing")


COMMAND = Command(
    name="augment",
    help="encode posts, sample around them, decode and filter variations; Beam's own flags pass through",
    add_arguments=add_arguments,
    run=job("pipelines.commands.augment"),
    passes_flags=True,
    examples=(
        "blogvae augment --input posts/ --model base-en --output variations --export csv",
        "blogvae augment --dataset dataset --model model --per-post 4 --change 0.15 --output variations",
    ),
)
