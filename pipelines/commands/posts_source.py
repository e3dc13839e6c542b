"""Gets the posts for augment and encode: from a dataset, or from inputs that are prepared below the output first."""

from __future__ import annotations

import argparse
import os.path
from typing import TYPE_CHECKING

from pipelines.beam.detached_job import waiting
from pipelines.beam.file_systems import absolute_path
from pipelines.beam.local_model import SHIPPED_PREFIX, local_model
from pipelines.commands import prepare
from pipelines.flags.prepare import add_arguments as add_arguments_of_prepare
from vae.commands.idle_flags import refuse_idle_flags
from vae.model_folder.shipped import is_shipped, shipped_folder

if TYPE_CHECKING:
    from vae.text_vae import TextVAE


def posts_dataset(args: argparse.Namespace, output: str) -> str:
    """The folder of the dataset. For --input it is `output/dataset`, where `prepare_inputs` makes it.

    Raises:
        UserError: a flag does nothing without another one.
    """
    refuse_idle_flags(args, {"columns": ("--input", bool(args.input))})
    return absolute_path(args.dataset).rstrip("/") if args.dataset else f"{output}/dataset"


def model_for_workers(model: str) -> str:
    """Returns the absolute path of a model's folder, or the name of one that ships, which each worker has installed.

    Raises:
        UserError: it is a misspelt name of one that ships.
    """
    return model if shipped_folder(model) else absolute_path(model)


def prepare_inputs(args: argparse.Namespace, model: TextVAE, output: str) -> None:
    """Prepares a dataset of the inputs, if there are any, with the model's tokenizer, and waits until it is there.

    With --limit no more posts are prepared than are wanted; with --split all are, since only `prepare` assigns splits.
    """
    if not args.dataset:
        prepare.run(prepare_arguments(args, model, output))


def prepare_arguments(args: argparse.Namespace, model: TextVAE, output: str) -> argparse.Namespace:
    """The flags of prepare with which the inputs are prepared."""
    dataset = posts_dataset(args, output)
    tokenizer = f"{local_model(args.model)}/tokenizer/spm.model"
    flags = [f"--input={path}" for path in args.input]
    flags += [f"--output={dataset}", f"--tokenizer={tokenizer}", f"--max-len={model.max_len}", f"--unit={model.unit}"]
    flags += ["--boilerplate=keep", "--near-duplicates=keep"]
    flags += [f"--columns={args.columns}"] if args.columns else []
    flags += [f"--limit={args.limit}"] if args.limit and not getattr(args, "split", None) else []
    parser = argparse.ArgumentParser(allow_abbrev=False)
    add_arguments_of_prepare(parser)
    prepare_args = parser.parse_args([*flags, *(["--overwrite"] if args.overwrite else [])])
    prepare_args.other_flags = waiting(args.other_flags)
    return prepare_args


def relative_to_output(output: str, path: str) -> str:
    """The path relative to the output folder, so that both may move together; one of another store stays as it is."""
    (store, below), (own_store, own) = map(_split_store, (path.rstrip("/"), output))
    return os.path.relpath(f"/{below}", f"/{own}") if store == own_store else path.rstrip("/")


def _split_store(path: str) -> tuple[str, str]:
    """Returns the store of a path, such as `s3://bucket`, and the path in it; a local path has the store ``."""
    scheme, separator, place = path.rpartition("://")
    if not separator:
        return "", os.path.abspath(path)  # noqa: PTH100  (Path keeps `..`)
    bucket, _, key = place.partition("/")
    return f"{scheme}://{bucket}", key


def model_relative_to_output(output: str, model: str) -> str:
    """The model's path as `relative_to_output` gives it; a shipped model's name, which is the same on every machine."""
    return SHIPPED_PREFIX + model if is_shipped(model) else relative_to_output(output, model)
