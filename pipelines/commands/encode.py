"""`blogvae encode`: writes the latents of posts and their cost to the model, for search, clustering and anomalies."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING, Any

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems

from pipelines.beam.detached_job import goes_on_alone, log_handed_over
from pipelines.beam.local_model import local_model
from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.beam.progress import shown_progress
from pipelines.commands.posts_source import (
    model_for_workers,
    model_relative_to_output,
    posts_dataset,
    prepare_inputs,
    relative_to_output,
)
from pipelines.encode.finish_latents import COUNT_NAMES, LATENTS_FORMAT, FinishLatents
from pipelines.encode.latent_units import EncodeLatents, MeanNats, ScoreLatents, unit_receipt
from pipelines.errors import UserError
from pipelines.flags.encode import COMMAND
from pipelines.posts.posts_units import PostsUnit, plan_posts
from pipelines.write.atomic import read_json
from pipelines.write.code_version import code_version
from pipelines.write.folder_lock import only_run_on
from pipelines.write.last_step import LastStep, forget_report, read_report
from pipelines.write.manifest import MANIFEST, check_same_run
from pipelines.write.output_folder import output_folder
from pipelines.write.planned import Planned
from pipelines.write.receipts import with_receipt
from vae.commands.command import main
from vae.text_vae import TextVAE

if TYPE_CHECKING:
    import argparse


log = logging.getLogger("blogvae")


def run(args: argparse.Namespace) -> None:
    """Plans units of posts, and runs the pipeline, whose last step checks that no post vanished."""
    started = time.perf_counter()
    # It refuses a wrong flag, and opens the filesystems.
    alone = goes_on_alone(beam_options(args.other_flags, units=1))
    output, model = output_folder(args.output), model_for_workers(args.model)
    if args.limit is not None and args.limit < 1:
        raise UserError(f"--limit {args.limit}: encode at least one post")
    loaded = TextVAE.load(local_model(model))
    dataset = posts_dataset(args, output)
    settings = _settings(args, output, dataset, model, loaded)
    check_same_run(output, settings, overwrite=args.overwrite)
    with only_run_on(output, job_goes_on=alone) as holder:
        forget_report(output)
        prepare_inputs(args, loaded, output)
        units = list(
            plan_posts(dataset, facts=[LATENTS_FORMAT, code_version(), settings], limit=args.limit, split=args.split)
        )
        if not units:
            raise UserError(f"{dataset} has no posts to encode: choose another --split, or prepare more posts")
        sizes = {unit_receipt(output, unit.fingerprint): unit.take for unit in units}
        options = beam_options(args.other_flags, units=len(units))
        progress = shown_progress("encoding, posts", sum(sizes.values()), lambda: _posts_done(sizes), folder=output)
        finish = FinishLatents(
            output=output,
            units=[unit.fingerprint for unit in units],
            settings=settings,
            posts=sum(sizes.values()),
            clean=args.clean,
        )
        with progress, beam_pipeline(options) as pipeline:
            encoded = (
                pipeline
                | "Units" >> Planned(units, output=output, of_json=PostsUnit.of_json)
                | "Encode" >> EncodeLatents(output=output, model=model, seed=args.seed)
            )
            mean = encoded | "Mean" >> MeanNats()
            _ = (
                encoded
                | "Score" >> ScoreLatents(output=output, nats_per_piece=mean)
                | "Receipts" >> beam.Map(with_receipt)
                | "Last" >> LastStep(finish, output=output, holder=holder)
            )
    if alone:
        log_handed_over(output)
        return
    report, counts = read_report(output), read_json(f"{output}/{MANIFEST}")["counts"]
    if args.clean:
        log.info("removed %d files of earlier runs", report["removed"])
    seconds = time.perf_counter() - started
    summary = ", ".join(f"{counts[name]:,} {name.replace('_', ' ')}" for name in COUNT_NAMES)
    line = f"{output}: {summary}, in {seconds:.1f} s ({counts['segments'] / seconds:.1f} segments/s)"
    log.info(line, extra={"counts": counts, "seconds": round(seconds, 1)})


def _posts_done(sizes: dict[str, int]) -> int:
    return sum(size for path, size in sizes.items() if FileSystems.exists(path))


def _settings(args: argparse.Namespace, output: str, dataset: str, model: str, loaded: TextVAE) -> dict[str, Any]:
    """All settings that the latents depend on; folders are paths relative to the output."""
    return {
        "inputs": {
            "dataset": relative_to_output(output, dataset),
            "model": model_relative_to_output(output, model),
        },
        "model_sha256": loaded.sha256,
        "slots": loaded.module.slots,
        "dim": loaded.module.dim,
        "split": args.split,
        "seed": args.seed,
        "limit": args.limit,
    }


if __name__ == "__main__":
    sys.exit(main(COMMAND))
