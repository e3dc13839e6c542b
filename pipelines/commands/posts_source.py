"""Where augment and encode take posts from: a dataset, or inputs that are prepared below the output first."""

from __future__ import annotations

import argparse
import os.path
from typing import TYPE_CHECKING

from pipelines.beam.local_model import SHIPPED, local_model
from pipelines.commands import prepare
from pipelines.dataset.settings import add_arguments as add_arguments_of_prepare
from vae.commands.idle_flags import Noted, refuse_idle
from vae.model_folder.shipped import add_model_argument, is_shipped

if TYPE_CHECKING:
    from vae.text_vae import TextVAE


def add_posts_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags that say which posts, and the model that reads them."""
    posts = parser.add_mutually_exclusive_group(required=True)
    posts.add_argument("--dataset", metavar="DIR", help="a folder written by prepare")
    posts.add_argument("--input", action="append", metavar="PATH", help="posts as prepare reads them")
    parser.add_argument(
        "--columns", action=Noted, metavar="FIELD=COLUMN,...", help="with --input: which CSV column is what"
    )
    add_model_argument(parser)


def posts_dataset(args: argparse.Namespace, output: str) -> str:
    """The dataset's folder; that of inputs is `output/dataset`, where `prepare_inputs` makes it.

    Raises:
        UserError: a flag does nothing beside the others.
    """
    refuse_idle(args, {"columns": ("--input", bool(args.input))})
    return str(args.dataset).rstrip("/") if args.dataset else f"{output}/dataset"


def prepare_inputs(args: argparse.Namespace, model: TextVAE, output: str) -> None:
    """Makes the dataset of the inputs, if posts are given so, cut by the model's tokenizer.

    Of --limit posts no more is prepared, unless those of one split are asked for, which only preparing tells.
    """
    if args.dataset:
        return
    dataset = posts_dataset(args, output)
    tokenizer = f"{local_model(args.model)}/tokenizer/spm.model"
    flags = [f"--input={path}" for path in args.input]
    flags += [f"--output={dataset}", f"--tokenizer={tokenizer}", f"--max-len={model.max_len}", f"--unit={model.unit}"]
    flags += ["--boilerplate=keep", "--near-duplicates=keep"]
    flags += [f"--columns={args.columns}"] if args.columns else []
    flags += [f"--limit={args.limit}"] if args.limit and not getattr(args, "split", None) else []
    parser = argparse.ArgumentParser(allow_abbrev=False)
    add_arguments_of_prepare(parser)
    inner = parser.parse_args([*flags, *(["--overwrite"] if args.overwrite else [])])
    inner.other_flags = args.other_flags
    prepare.run(inner)


def seen_from(output: str, path: str) -> str:
    """A path relative to the output folder, so that both may move together; a remote one as it is."""
    return path.rstrip("/") if "://" in path or "://" in output else os.path.relpath(path, output)


def model_seen_from(output: str, model: str) -> str:
    """As `seen_from`; a model that ships by its name, for it is the same wherever it is installed."""
    return SHIPPED + model if is_shipped(model) else seen_from(output, model)
