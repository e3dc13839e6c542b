"""`blogvae prepare`: turns posts into cleaned Parquet, a tokenizer, and padded shards."""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import apache_beam as beam

from pipelines.beam.detached_job import goes_on_alone, log_handed_over
from pipelines.beam.finished_units import tell_finished
from pipelines.beam.pipeline import beam_options, beam_pipeline
from pipelines.beam.progress import shown_progress
from pipelines.beam.to_list import ToList
from pipelines.commands.planned_work import log_plan, planned_inputs, prepare_seconds, workers_of
from pipelines.dataset.clean_units import CleanUnits
from pipelines.dataset.drop_boilerplate import DropBoilerplate
from pipelines.dataset.encode_units import EncodeUnits
from pipelines.dataset.finish_dataset import COUNT_NAMES, finish_dataset, log_findings
from pipelines.dataset.merge_shards import MergeShards
from pipelines.dataset.name_places import NamePlaces
from pipelines.dataset.number_labels import NumberLabels
from pipelines.dataset.prepare_settings import PrepareSettings, prepare_settings
from pipelines.dataset.previous_run import PreviousRun, earlier_run, read_known
from pipelines.dataset.staged_posts import unit_keys
from pipelines.dataset.step_results import STEPS, StepResults
from pipelines.dataset.train_tokenizer import TrainTokenizer, stage_tokenizer
from pipelines.dedup.find_duplicates import FindDuplicates
from pipelines.flags.prepare import COMMAND
from pipelines.read.first_posts import first_posts
from pipelines.read.plan import CutUnits, FileGroup, group_files
from pipelines.read.readable_inputs import readable_inputs
from pipelines.write.atomic import read_json, write_json
from pipelines.write.folder_lock import only_run_on
from pipelines.write.last_step import LastStep, forget_report, read_report
from pipelines.write.manifest import MANIFEST
from pipelines.write.output_folder import output_folder
from pipelines.write.planned import Planned
from vae.commands.command import main

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from apache_beam.options.pipeline_options import PipelineOptions

    from pipelines.commands.planned_work import PlannedWork
    from pipelines.dataset.clean_units import StagedUnit
    from pipelines.dataset.merge_shards import EncodedUnit
    from pipelines.dataset.number_labels import Labels
    from pipelines.dedup.find_duplicates import Source
    from pipelines.dedup.keys import KnownPosts, UnitKeys
    from pipelines.read.files.input_file import InputFile
    from tokenizer.tokenizer import Tokenizer

log = logging.getLogger("blogvae")

WORKER_BYTES = 16 << 20
"""The bytes of input for which it is worth starting another local worker process."""


def run(args: argparse.Namespace) -> None:
    """Runs the pipeline, whose last step checks that nothing vanished and writes the manifest; logs what it found."""
    if args.dry_run:
        plan(args)
        return
    started = time.perf_counter()
    beam_options(args.other_flags, units=1)  # refuses a wrong flag, and opens the filesystems
    settings = prepare_settings(args)
    output = output_folder(args.output)
    files = _files(settings, output)
    total = sum(file.size for file in files)
    options = beam_options(args.other_flags, units=-(-total // WORKER_BYTES))
    alone = goes_on_alone(options)
    with only_run_on(output, job_goes_on=alone) as holder:
        previous = earlier_run(output, settings.recorded(), overwrite=args.overwrite)
        tokenizer = settings.given or (None if args.retokenize else previous.tokenizer())
        labels = None if args.retokenize else previous.labels()
        results = StepResults(output)
        results.forget()
        forget_report(output)
        finish = partial(finish_dataset, output=output, settings=settings.recorded(), clean=args.clean)
        last = LastStep(finish, output=output, holder=holder)
        with shown_progress("cleaning, bytes", total, partial(results.bytes_cleaned, total), folder=output):
            run_pipeline(
                output, files, settings, options, previous=previous, tokenizer=tokenizer, labels=labels, last=last
            )
    if alone:
        log_handed_over(output)
        return
    removed = read_report(output)["removed"]
    statistics, manifest = read_json(f"{output}/stats.json"), read_json(f"{output}/{MANIFEST}")
    log_findings(statistics, manifest, previous=previous)
    if args.clean:
        log.info("removed %d files of earlier runs", removed)
    seconds = time.perf_counter() - started
    extra = {"counts": manifest["counts"], "seconds": round(seconds, 1)}
    log.info("%s: %s in %.1f s", output, summary(manifest["counts"], statistics["rejects"]), seconds, extra=extra)
    log.info("look at %s/stats.html", output)


def summary(counts: Mapping[str, int], rejects: Mapping[str, int]) -> str:
    """Returns one line with the counts of a dataset, the rejects by their reasons, the most frequent first."""
    reasons = sorted(rejects.items(), key=lambda pair: (-pair[1], pair[0]))
    why = f" ({', '.join(f'{count:,} {reason}' for reason, count in reasons)})" if reasons else ""
    parts = {name: f"{counts[name]:,} {name.replace('_', ' ')}" for name in COUNT_NAMES}
    return ", ".join({**parts, "rejects": parts["rejects"] + why}.values())


def plan(args: argparse.Namespace) -> PlannedWork:
    """Logs what `run` would do, and returns it. Refuses what `run` would refuse, and writes nothing."""
    settings = prepare_settings(args)
    output = output_folder(args.output)
    files = _files(settings, output)
    work = planned_inputs(files, columns=settings.columns, limit=settings.limit)
    workers = workers_of(beam_options(args.other_flags, units=-(-work.bytes // WORKER_BYTES)))
    earlier_run(output, settings.recorded(), overwrite=args.overwrite)
    seconds = prepare_seconds(work, workers=workers, trains_tokenizer=settings.given is None)
    log_plan(COMMAND.name, output, work, seconds=seconds, workers=workers)
    return work


def _files(settings: PrepareSettings, output: str) -> list[InputFile]:
    files = readable_inputs(
        settings.inputs, columns=settings.columns, output=output, content_kind=settings.content_kind
    )
    return files if settings.limit is None else list(first_posts(files, columns=settings.columns, limit=settings.limit))


def run_pipeline(
    output: str,
    files: Sequence[InputFile],
    settings: PrepareSettings,
    options: PipelineOptions,
    *,
    previous: PreviousRun,
    tokenizer: Tokenizer | None,
    labels: Labels | None,
    last: LastStep,
) -> None:
    """Cleans and stages units, decides between duplicate posts, encodes the units, merges them to shards, and ends."""
    results = StepResults(output)
    tokenizing = settings.tokenizing(sum(file.size for file in files))
    with beam_pipeline(options) as pipeline:
        units = (
            pipeline
            | "Files" >> Planned(group_files(files), output=output, of_json=FileGroup.of_json)
            | "Cut" >> CutUnits(columns=settings.columns, settings=settings.cleaning_facts())
        )
        cleaned = (
            units | "SpreadUnits" >> beam.Reshuffle() | "Clean" >> CleanUnits(output=output, settings=settings.cleaning)
        )
        dropped = cleaned | "Boilerplate" >> DropBoilerplate(
            output=output, settings=settings.cleaning, drop=settings.boilerplate == "drop"
        )
        staged = dropped | "Staged" >> beam.Map(lambda unit: unit[:2])
        known = pipeline | "Earlier" >> beam.Create(previous.posts_paths())
        decisions = {"units": staged, "known": known} | "Duplicates" >> FindDuplicates(
            partial(keys_of, output=output), seed=settings.seed, near=settings.near_duplicates
        )
        pieces = (
            pipeline | "Tokenizer" >> beam.Create([stage_tokenizer(tokenizer, output=output)])
            if tokenizer
            else staged | "Tokenizer" >> TrainTokenizer(output=output, settings=tokenizing)
        )
        numbered = (
            pipeline | "Labels" >> beam.Create([labels]) if labels else staged | "Labels" >> NumberLabels(output=output)
        )
        named = {"units": staged, "decisions": decisions} | "Names" >> NamePlaces(output=output)
        encoded = named | "Encode" >> EncodeUnits(
            output=output, settings=settings.encoding, tokenizer=pieces, labels=numbered
        )
        shards = encoded | "Shards" >> MergeShards(output=output, shard_bytes=settings.shard_mb << 20)
        planned = units | "Planned" >> beam.Map(lambda unit: (unit.number, unit.fingerprint, unit.bytes))
        counted = cleaned | "Counted" >> beam.Map(count_cleaned)
        steps = zip(
            STEPS,
            (planned, counted, dropped, pieces, numbered, encoded | "CountEncoded" >> beam.Map(count_encoded), shards),
            strict=True,
        )
        written = [
            rows
            | f"All {step}" >> ToList()
            | f"Write {step}" >> beam.Map(write_sorted, step=step, path=results.path(step))
            for step, rows in steps
        ]
        _ = written | "Written" >> beam.Flatten() | "Last" >> last


def count_cleaned(unit: StagedUnit) -> tuple[int, dict[str, Any]]:
    """Tells that a unit is cleaned, and returns its number and what its receipt counts for stats.json."""
    tell_finished(unit.fingerprint, "cleaned", {"rows_read": unit.counts["read"]})
    return unit.number, unit.counts


def count_encoded(unit: EncodedUnit) -> EncodedUnit:
    """Tells that a unit is encoded."""
    _, path, receipt = unit
    rows: Counter[str] = Counter()
    for file in receipt["files"]:
        rows[file["path"].partition("/")[0]] += file["rows"]
    counts = {"posts": rows["posts"], "rejects": rows["rejects"], "segments": receipt["segments"]}
    tell_finished(path.rpartition("/")[2].removesuffix(".json"), "encoded", counts)
    return unit


def keys_of(source: Source, *, output: str) -> UnitKeys | KnownPosts:
    """Reads the keys of a unit of this run, or of a posts file of an earlier one."""
    return read_known(source) if isinstance(source, str) else unit_keys(source, output=output)


def write_sorted(rows: list[Any], *, step: str, path: str) -> str:
    """Writes the sorted results of one step, and returns its name."""
    write_json(path, sorted(rows))
    return step


if __name__ == "__main__":
    sys.exit(main(COMMAND))
