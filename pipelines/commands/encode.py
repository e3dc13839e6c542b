"""`blogvae encode`: writes the latents of posts and their cost to the model, for search, clustering and anomalies."""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems

from pipelines.beam.local_model import local_model
from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.beam.progress import shown_progress
from pipelines.beam.to_list import ToList
from pipelines.commands.posts_source import (
    model_for_workers,
    model_relative_to_output,
    posts_dataset,
    prepare_inputs,
    relative_to_output,
)
from pipelines.encode.latent_units import EncodeLatents, MeanNats, ScoreLatents, encoded_paths, mean_nats, unit_receipt
from pipelines.errors import UserError
from pipelines.flags.encode import COMMAND
from pipelines.posts.posts_units import plan_posts
from pipelines.write.atomic import read_json, write_json
from pipelines.write.code_version import code_version
from pipelines.write.folder_lock import only_run_on
from pipelines.write.manifest import MANIFEST, WORK, check_same_run, conserve, remove_leftovers, write_manifest
from pipelines.write.output_folder import output_folder
from vae.commands.command import main
from vae.text_vae import TextVAE

if TYPE_CHECKING:
    import argparse

    from pipelines.posts.posts_units import PostsUnit

log = logging.getLogger("blogvae")

LATENTS_FORMAT = "blogvae-latents/1"
COUNT_NAMES = ("posts", "segments", "pieces", "rejected_posts", "rejected_segments")


def run(args: argparse.Namespace) -> None:
    """Plans units of posts, runs the pipeline, checks that no post vanished, and writes the manifest last."""
    started = time.perf_counter()
    beam_options(args.other_flags, units=1)  # refuses a wrong flag, and opens the filesystems
    output, model = output_folder(args.output), model_for_workers(args.model)
    if args.limit is not None and args.limit < 1:
        raise UserError(f"--limit {args.limit}: encode at least one post")
    loaded = TextVAE.load(local_model(model))
    dataset = posts_dataset(args, output)
    settings = _settings(args, output, dataset, model, loaded)
    check_same_run(output, settings, overwrite=args.overwrite)
    with only_run_on(output):
        prepare_inputs(args, loaded, output)
        units = list(
            plan_posts(dataset, facts=[LATENTS_FORMAT, code_version(), settings], limit=args.limit, split=args.split)
        )
        if not units:
            raise UserError(f"{dataset} has no posts to encode: choose another --split, or prepare more posts")
        sizes = {unit_receipt(output, unit.fingerprint): unit.take for unit in units}
        options = beam_options(args.other_flags, units=len(units))
        progress = shown_progress("encoding, posts", sum(sizes.values()), lambda: _posts_done(sizes), folder=output)
        with progress, beam_pipeline(options) as pipeline:
            encoded = (
                pipeline
                | "Units" >> beam.Create(units)
                | "Spread" >> beam.Reshuffle()
                | "Encode" >> EncodeLatents(output=output, model=model, seed=args.seed)
            )
            mean = encoded | "Mean" >> MeanNats()
            _ = (
                encoded
                | "Score" >> ScoreLatents(output=output, nats_per_piece=mean)
                | "Receipts" >> ToList()
                | "Index" >> beam.Map(lambda paths: write_json(_index(output), sorted(paths)))
            )
        counts = _finish(output, settings, units)
        if args.clean:
            log.info("removed %d files of earlier runs", _remove_leftovers(output, units))
    seconds = time.perf_counter() - started
    summary = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
    line = f"{output}: {summary}, in {seconds:.1f} s ({counts['segments'] / seconds:.1f} segments/s)"
    log.info(line, extra={"counts": counts, "seconds": round(seconds, 1)})


def _index(output: str) -> str:
    """The file that lists the receipts of the last run."""
    return f"{output}/{WORK}/receipts.json"


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


def _finish(output: str, settings: dict[str, Any], units: list[PostsUnit]) -> dict[str, int]:
    """Checks that nothing was lost, then writes the manifest. Returns its counts."""
    receipts = [read_json(path) for path in read_json(_index(output))]
    conserve("units planned", len(units), written=len(receipts))
    counts: Counter[str] = Counter(dict.fromkeys(COUNT_NAMES, 0))
    for receipt in receipts:
        counts.update(receipt["counts"])
    conserve("posts", sum(unit.take for unit in units), encoded=counts["posts"], rejected=counts["rejected_posts"])
    files = [file for receipt in receipts for file in receipt["files"]]
    segment_rows = sum(file["rows"] for file in files if file["path"].startswith("part-"))
    conserve("segments", counts["segments"], written=segment_rows)
    write_manifest(
        output,
        format_=LATENTS_FORMAT,
        files=files,
        settings=settings,
        inputs=settings["inputs"],
        counts=dict(counts),
        nll_per_piece=mean_nats(receipts),
    )
    return dict(counts)


def _remove_leftovers(output: str, units: list[PostsUnit]) -> int:
    """Removes files of earlier runs, also those below .work/ of units that this run does not have."""
    keep = [file["path"] for file in read_json(f"{output}/{MANIFEST}")["files"]]
    keep += [path.removeprefix(f"{output}/") for path in read_json(_index(output))]
    keep += [path for unit in units for path in encoded_paths(unit.fingerprint)]
    among = ("part-*", "posts/part-*", "rejects/**", f"{WORK}/encoded/*", f"{WORK}/scored/*")
    return remove_leftovers(output, keep=keep, among=among)


if __name__ == "__main__":
    sys.exit(main(COMMAND))
