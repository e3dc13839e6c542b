"""The flags that name posts and a model, which augment and encode share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.commands.idle_flags import RecordedFlag
from vae.model_folder.shipped import add_model_argument

if TYPE_CHECKING:
    import argparse


def add_posts_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that name the posts and the model."""
    posts = parser.add_mutually_exclusive_group(required=True)
    posts.add_argument("--dataset", metavar="DIR", help="a folder written by prepare")
    posts.add_argument("--input", action="append", metavar="PATH", help="posts as prepare reads them")
    parser.add_argument(
        "--columns", action=RecordedFlag, metavar="FIELD=COLUMN,...", help="with --input: which CSV column is what"
    )
    add_model_argument(parser)
