"""`blogvae prepare`: turns posts into cleaned Parquet, a tokenizer, and padded shards."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING, Any

import apache_beam as beam
from apache_beam.transforms.combiners import ToList

from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.beam.progress import shown_progress
from pipelines.dataset.clean_units import CleanUnits
from pipelines.dataset.drop_boilerplate import DropBoilerplate
from pipelines.dataset.encode_units import EncodeUnits
from pipelines.dataset.finish_dataset import finish_dataset
from pipelines.dataset.merge_shards import MergeShards
from pipelines.dataset.number_labels import NumberLabels
from pipelines.dataset.prepare_settings import PrepareSettings, add_arguments, prepare_settings
from pipelines.dataset.previous_run import PreviousRun, earlier_run, read_known
from pipelines.dataset.staged_posts import unit_keys
from pipelines.dataset.step_results import STEPS, StepResults
from pipelines.dataset.train_tokenizer import TrainTokenizer, stage_tokenizer
from pipelines.dedup.find_duplicates import FindDuplicates
from pipelines.read.first_posts import first_posts
from pipelines.read.plan import CutUnits, group_files
from pipelines.read.readable_inputs import readable_inputs
from pipelines.write.atomic import write_json
from pipelines.write.folder_lock import only_run_on
from pipelines.write.output_folder import output_folder
from vae.commands.command import Command, main

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from apache_beam.options.pipeline_options import PipelineOptions

    from pipelines.dataset.number_labels import Labels
    from pipelines.read.files.input_file import InputFile
    from tokenizer.tokenizer import Tokenizer

log = logging.getLogger("blogvae")

WORKER_BYTES = 16 << 20
"""The bytes of input for which it is worth starting another local worker process."""


def run(args: argparse.Namespace) -> None:
    """Runs the pipeline, checks that nothing vanished, and writes the manifest last."""
    started = time.perf_counter()
    beam_options(args.other_flags, units=1)  # refuses a wrong flag, and opens the filesystems
    settings = prepare_settings(args)
    output = output_folder(args.output)
    files = readable_inputs(
        settings.inputs, columns=settings.columns, output=output, content_kind=settings.content_kind
    )
    if settings.limit is not None:
        files = list(first_posts(files, columns=settings.columns, limit=settings.limit))
    total = sum(file.size for file in files)
    options = beam_options(args.other_flags, units=-(-total // WORKER_BYTES))
    with only_run_on(output):
        previous = earlier_run(output, settings.recorded(), overwrite=args.overwrite)
        tokenizer = settings.given or (None if args.retokenize else previous.tokenizer())
        labels = None if args.retokenize else previous.labels()
        results = StepResults(output)
        results.forget()
        with shown_progress("cleaning, bytes", total, results.bytes_cleaned, folder=output):
            run_pipeline(output, files, settings, options, previous=previous, tokenizer=tokenizer, labels=labels)
        counts = finish_dataset(results, settings, previous=previous, clean=args.clean)
    summary = ", ".join(f"{value:,} {name}" for name, value in counts.items())
    log.info("%s: %s in %.1f s", output, summary, time.perf_counter() - started)


def run_pipeline(
    output: str,
    files: Sequence[InputFile],
    settings: PrepareSettings,
    options: PipelineOptions,
    *,
    previous: PreviousRun,
    tokenizer: Tokenizer | None,
    labels: Labels | None,
) -> None:
    """Cleans and stages units, decides between duplicate posts, encodes the units, and merges them to shards."""
    results = StepResults(output)
    tokenizing = settings.tokenizing(sum(file.size for file in files))
    with beam_pipeline(options) as pipeline:
        units = (
            pipeline
            | "Files" >> beam.Create(group_files(files))
            | "SpreadFiles" >> beam.Reshuffle()
            | "Cut" >> CutUnits(columns=settings.columns, settings=settings.cleaning_facts())
        )
        cleaned = (
            units | "SpreadUnits" >> beam.Reshuffle() | "Clean" >> CleanUnits(output=output, settings=settings.cleaning)
        )
        staged = cleaned | "Boilerplate" >> DropBoilerplate(
            output=output, settings=settings.cleaning, drop=settings.boilerplate == "drop"
        )
        known = pipeline | "Earlier" >> beam.Create(previous.posts_paths()) | "Known" >> beam.Map(read_known)
        keys = staged | "Keys" >> beam.Map(unit_keys, output=output)
        decisions = {"keys": keys, "known": known} | "Duplicates" >> FindDuplicates(
            seed=settings.seed, near=settings.near_duplicates
        )
        pieces = (
            pipeline | "Tokenizer" >> beam.Create([stage_tokenizer(tokenizer, output=output)])
            if tokenizer
            else staged | "Tokenizer" >> TrainTokenizer(output=output, settings=tokenizing)
        )
        numbered = (
            pipeline | "Labels" >> beam.Create([labels]) if labels else staged | "Labels" >> NumberLabels(output=output)
        )
        encoded = decisions | "Encode" >> EncodeUnits(
            output=output, settings=settings.encoding, names=staged, tokenizer=pieces, labels=numbered
        )
        shards = encoded | "Shards" >> MergeShards(output=output, shard_bytes=settings.shard_mb << 20)
        planned = units | "Planned" >> beam.Map(lambda unit: (unit.number, unit.fingerprint, unit.bytes))
        for step, rows in zip(STEPS, (planned, staged, pieces, numbered, encoded, shards), strict=True):
            _ = rows | f"All {step}" >> ToList() | f"Write {step}" >> beam.Map(write_sorted, path=results.path(step))


def write_sorted(rows: list[Any], *, path: str) -> None:
    """Writes the sorted results of one step."""
    write_json(path, sorted(rows))


COMMAND = Command(
    name="prepare",
    help="read, clean and tokenize posts into a dataset; Beam's own flags pass through",
    add_arguments=add_arguments,
    run=run,
    passes_flags=True,
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
