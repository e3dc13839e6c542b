"""`blogvae prepare`: posts to cleaned Parquet, a tokenizer, and padded shards."""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import apache_beam as beam
from apache_beam.transforms.combiners import ToList

from pipelines.beam_run import beam_options, pipeline_of
from pipelines.clean_units import CleanSettings, CleanUnits, receipt_path
from pipelines.dedup.exact import FindDuplicates
from pipelines.errors import UserError
from pipelines.folder_lock import only_run_on
from pipelines.plan import WorkUnit, plan_units
from pipelines.progress import shown_progress
from pipelines.read.columns import parse_columns
from pipelines.read.inputs import Listing, list_inputs
from pipelines.read.reader import read_posts
from pipelines.shard_units import ShardSettings, WriteShards
from pipelines.statistics import dataset_statistics
from pipelines.tokenizer_step import TrainTokenizer, read_tokenizer, sample_rate, tokenizer_path, write_tokenizer
from pipelines.write.atomic import read_json, write_json
from pipelines.write.manifest import WORK, check_same_run, conserve, remove_leftovers, write_manifest
from tokenizer.training import SMALLEST_VOCABULARY
from vae.command import Command, main
from vae.dataset import FORMAT

if TYPE_CHECKING:
    import argparse

    from apache_beam.options.pipeline_options import PipelineOptions

log = logging.getLogger("blogvae")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of prepare."""
    parser.add_argument("--input", action="append", required=True, metavar="PATH", help="a file, folder or glob")
    parser.add_argument("--output", required=True, metavar="DIR", help="the dataset folder to write")
    parser.add_argument("--max-len", type=int, default=64, help="pieces in a segment, end marker included")
    parser.add_argument("--unit", default="segment", choices=("segment", "post"), help="what one row holds")
    parser.add_argument("--vocab-size", type=int, default=8000, help="pieces of the tokenizer to train")
    parser.add_argument("--tokenizer", metavar="FILE.model", help="use this SentencePiece model, train none")
    parser.add_argument("--columns", metavar="FIELD=COLUMN,...", help="which CSV column is what: content=body,title=2")
    parser.add_argument("--seed", type=int, default=0, help="of the split and of the tokenizer's sample")
    parser.add_argument("--overwrite", action="store_true", help="replace another run's output")
    parser.add_argument(
        "--clean", action="store_true", help="remove files of earlier runs that the manifest does not list"
    )


def run(args: argparse.Namespace) -> None:
    """Plans, runs the pipeline, checks that nothing vanished, and writes the manifest last."""
    started = time.perf_counter()
    output = args.output.rstrip("/")
    columns = parse_columns(args.columns) if args.columns else None
    given = read_tokenizer(args.tokenizer) if args.tokenizer else None
    if args.max_len < 8:
        raise UserError(f"--max-len {args.max_len}: a segment needs at least 8 pieces")
    if args.vocab_size < SMALLEST_VOCABULARY:
        raise UserError(f"--vocab-size {args.vocab_size}: a tokenizer needs at least {SMALLEST_VOCABULARY} pieces")
    settings = {
        "inputs": args.input,
        "columns": columns,
        "max_len": args.max_len,
        "unit": args.unit,
        "vocab_size": args.vocab_size,
        "tokenizer": given and given.sha256,
        "seed": args.seed,
    }
    check_same_run(output, settings, overwrite=args.overwrite)
    listing = list_inputs(args.input)
    _check_columns(listing, columns)
    for skipped in listing.skipped:
        log.info("skipped %s: files of kind %r are not read", skipped.path, skipped.suffix)
    cleaning = CleanSettings(
        columns=columns, sample_rate=sample_rate(sum(file.size for file in listing.files)), seed=args.seed
    )
    units = plan_units(
        listing.files, settings={"cleaning": 1, "columns": columns, "rate": cleaning.sample_rate, "seed": args.seed}
    )
    options = beam_options(args.other_flags, units=len(units))
    with only_run_on(output):
        if given:
            write_tokenizer(given, output=output)
        job = _Job(output, units, cleaning, ShardSettings(max_len=args.max_len, unit=args.unit, seed=args.seed))
        receipts = job.run(options, vocab_size=None if given else args.vocab_size)
        counts = _finish(output, settings, units, receipts)
        if args.clean:
            manifest = read_json(f"{output}/MANIFEST.json")
            removed = remove_leftovers(
                output, keep=[file["path"] for file in manifest["files"]], among=("posts/**", "shards/**", "rejects/**")
            )
            log.info("removed %d files of earlier runs", removed)
    log.info(
        "%s: %s in %.1f s",
        output,
        ", ".join(f"{value:,} {name}" for name, value in counts.items()),
        time.perf_counter() - started,
    )


class _Job:
    """The pipeline: units are cleaned and staged, keys and sentences decide, units are written."""

    def __init__(self, output: str, units: list[WorkUnit], cleaning: CleanSettings, sharding: ShardSettings) -> None:
        self.output, self.units, self.cleaning, self.sharding = output, units, cleaning, sharding

    def run(self, options: PipelineOptions, *, vocab_size: int | None) -> list[str]:
        """Runs it, and returns the paths of the receipts it wrote."""
        fingerprints = [unit.fingerprint for unit in self.units]
        sizes = {receipt_path(self.output, unit.fingerprint): sum(f.size for f in unit.files) for unit in self.units}
        index = f"{self.output}/{WORK}/receipts.json"
        with shown_progress("cleaning, bytes", sizes), pipeline_of(options) as pipeline:
            staged = (
                pipeline
                | "Units" >> beam.Create(self.units)
                | "Spread" >> beam.Reshuffle()
                | "Clean" >> CleanUnits(output=self.output, settings=self.cleaning)
            )
            keys = staged | "Keys" >> beam.Map(lambda unit: (unit.fingerprint, unit.keys))
            decisions = keys | "Duplicates" >> FindDuplicates()
            tokenizer = (
                staged | "Tokenizer" >> TrainTokenizer(output=self.output, vocab_size=vocab_size)
                if vocab_size
                else pipeline | "Tokenizer" >> beam.Create([tokenizer_path(self.output)])
            )
            receipts = (
                {"staged": keys | "Staged" >> beam.Map(lambda unit: (unit[0], None)), "decisions": decisions}
                | "Join" >> beam.CoGroupByKey()
                | "Shards" >> WriteShards(output=self.output, settings=self.sharding, tokenizer=tokenizer)
            )
            _ = receipts | "Receipts" >> ToList() | "Index" >> beam.Map(lambda paths: write_json(index, sorted(paths)))
        paths: list[str] = read_json(index)
        conserve("units planned", len(fingerprints), written=len(paths))
        return paths


def _check_columns(listing: Listing, columns: dict[str, str] | None) -> None:
    """Raises UserError before any work where an export has no column for the content."""
    for file in listing.files:
        if file.kind == "csv":
            next(read_posts(file, columns=columns), None)


def _finish(output: str, settings: dict[str, Any], units: list[WorkUnit], paths: list[str]) -> dict[str, int]:
    """Checks conservation and writes stats.json and the manifest. Raises UserError where no post is left."""
    read = sum(read_json(receipt_path(output, unit.fingerprint))["read"] for unit in units)
    receipts = [read_json(path) for path in paths]
    files = [file for receipt in receipts for file in receipt["files"]]
    rows: Counter[str] = Counter()
    for file in files:
        rows[file["path"].partition("/")[0]] += file["rows"]
    conserve("rows read", read, posts=rows["posts"], rejects=rows["rejects"])
    statistics = dataset_statistics(receipts)
    if not rows["posts"]:
        reasons = ", ".join(f"{count} {reason}" for reason, count in statistics["rejects"].items()) or "no rows"
        raise UserError(f"{' '.join(settings['inputs'])}: no usable post ({reasons})")
    tokenizer = read_tokenizer(tokenizer_path(output))
    if not settings["tokenizer"] and tokenizer.vocab_size < settings["vocab_size"]:
        log.info(
            "vocabulary of %d pieces: the posts fill no more of the %d asked for",
            tokenizer.vocab_size,
            settings["vocab_size"],
        )
    statistics["vocab_size"] = tokenizer.vocab_size
    write_json(f"{output}/stats.json", statistics)
    counts = {"rows_read": read, "posts": rows["posts"], "rejects": rows["rejects"], "segments": rows["shards"]}
    write_manifest(
        output, format_=FORMAT, files=files, settings=settings, tokenizer_sha256=tokenizer.sha256, counts=counts
    )
    lost = statistics["totals"].get("pieces_truncated", 0)
    if lost:
        log.info("%.1f %% of the pieces were cut off at --max-len", 100 * lost / statistics["totals"]["pieces"])
    return counts


COMMAND = Command(
    name="prepare",
    help="read, clean and tokenize posts into a dataset; Beam's own flags pass through",
    add_arguments=add_arguments,
    run=run,
    passes_flags=True,
)

if __name__ == "__main__":
    sys.exit(main(COMMAND))
