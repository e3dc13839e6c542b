"""What a job would do and for about how long, for --dry-run: from listings, samples and recorded rates."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pyarrow.parquet as pq
from apache_beam.options.pipeline_options import DirectOptions, StandardOptions, WorkerOptions

from pipelines.beam.pipeline import LOCAL_RUNNER
from pipelines.beam.progress import duration
from pipelines.dataset.encode_units import POSTS_GROUP
from pipelines.dataset.train_tokenizer import SAMPLE_BYTES
from pipelines.posts.post import RawPost
from pipelines.posts.posts_units import plan_posts
from pipelines.read.files.opening import open_input
from pipelines.read.files.source import UnreadableError
from pipelines.read.plan import UNIT_BYTES, group_files
from pipelines.read.reader import CUT_KINDS, read_raw_posts
from pipelines.write.atomic import read_json
from pipelines.write.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from apache_beam.options.pipeline_options import PipelineOptions

    from pipelines.read.files.input_file import InputFile

log = logging.getLogger("blogvae")

START_SECONDS: Final = 4.3
WORKER_BYTES_PER_SECOND: Final = 2.58e6
"""Two workers of prepare took 9.9 s for 28.8 MB and 93.7 s for 461 MB (benchmarks/results/prepare_growth.json)."""

TOKENIZER_SECONDS: Final = 5.4
"""What training a tokenizer on its whole sample added (docs/results.md: 20.1 s with it, 14.7 s without)."""

INPUT_BYTES_PER_SEGMENT: Final = 280
"""The posts of docs/results.md: 49.3 MB, 175,965 segments."""

SEGMENT_SECONDS: Final = 0.13
"""Seconds of a core with AMX for a variation of a segment: base-en takes 2.6 s for two of 400 words (docs/results.md),
and a segment of the sample corpus has 38 words."""

_COUNTED_CHARACTERS: Final = 1 << 20
"""How much of a file of records is read to estimate the number of its posts."""


@dataclass(frozen=True, kw_only=True)
class PlannedWork:
    """The size of a job: what it reads, its units, and its posts, which are estimated for long files of records."""

    files: int
    bytes: int
    units: int
    posts: int


def planned_inputs(files: Sequence[InputFile], *, columns: Mapping[str, str] | None, limit: int | None) -> PlannedWork:
    """The work of preparing these files. Of a long file of records only the first megabyte is read."""
    posts = sum(_about_posts(file, columns) for file in files)
    return PlannedWork(
        files=len(files),
        bytes=sum(file.size for file in files),
        units=sum(_about_units(group.files) for group in group_files(files)),
        posts=posts if limit is None else min(limit, posts),
    )


def _about_units(files: Sequence[InputFile]) -> int:
    first = files[0]
    cut = first.kind in CUT_KINDS and not (first.compression or first.member or first.take)
    return max(1, -(-first.size // UNIT_BYTES)) if cut else 1


def _about_posts(file: InputFile, columns: Mapping[str, str] | None) -> int:
    """The number of posts in a file: counted, or for a long one the share of it that the first posts take up."""
    if file.refused:
        return 0
    if file.kind == "text":
        return 1
    if file.kind == "parquet" and not (file.compression or file.member or file.take):
        try:
            with open_input(file) as stream:
                return int(pq.ParquetFile(stream).metadata.num_rows)
        except UnreadableError:
            return 0  # the job rejects it with the reason
    posts = characters = 0
    for item in read_raw_posts(file, columns=columns):
        if isinstance(item, RawPost):
            posts += 1
            characters += len(item.content.encode())
        if characters > _COUNTED_CHARACTERS and not (file.compression or file.take):
            return max(posts, round(posts * file.size / characters))
    return posts


def planned_posts(dataset: str, *, limit: int | None) -> tuple[PlannedWork, int]:
    """The work of varying the posts of a dataset, and the number of their segments."""
    units = list(plan_posts(dataset, facts=[], limit=limit))
    manifest = read_json(f"{dataset}/{MANIFEST}")
    paths = {unit.path for unit in units}
    posts = sum(unit.take for unit in units)
    size = sum(file["bytes"] for file in manifest["files"] if f"{dataset}/{file['path']}" in paths)
    segments = round(manifest["counts"]["segments"] * posts / max(1, manifest["counts"]["posts"]))
    return PlannedWork(files=len(paths), bytes=size, units=len(units), posts=posts), segments


def planned_variations(inputs: PlannedWork) -> tuple[PlannedWork, int]:
    """The work of varying posts that are not prepared yet, and about how many segments they have."""
    units = -(-inputs.posts // POSTS_GROUP)
    return replace(inputs, units=units), round(inputs.bytes / INPUT_BYTES_PER_SEGMENT)


def augment_seconds(work: PlannedWork, *, segments: int, per_post: int, workers: int) -> float:
    """About how long base-en takes for this work, by the rate recorded on one machine."""
    return START_SECONDS + segments * per_post * SEGMENT_SECONDS / max(1, min(workers, work.units))


def prepare_seconds(work: PlannedWork, *, workers: int, trains_tokenizer: bool) -> float:
    """About how long prepare takes for this work, by the rates recorded on one machine."""
    training = TOKENIZER_SECONDS * min(1.0, work.bytes / SAMPLE_BYTES) if trains_tokenizer else 0.0
    return START_SECONDS + work.bytes / (WORKER_BYTES_PER_SECOND * max(1, min(workers, work.units))) + training


def workers_of(options: PipelineOptions) -> int:
    """How many workers a job is given: of the local runner its processes, of another what its flags ask for, or one."""
    if options.view_as(StandardOptions).runner == LOCAL_RUNNER:
        return int(options.view_as(DirectOptions).direct_num_workers)
    asked = options.view_as(WorkerOptions)
    return int(asked.max_num_workers or asked.num_workers or 1)


def log_plan(step: str, output: str, work: PlannedWork, *, seconds: float | None, workers: int) -> None:
    """Logs the plan of a step as one line."""
    took = "no time is recorded for a GPU" if seconds is None else f"about {duration(seconds)} with {workers} workers"
    extra = {"step": step, "counts": {**vars(work), "workers": workers}}
    log.info(
        "%s: would read %s files of %s bytes in about %s units, about %s posts; %s; nothing was written",
        output,
        *(f"{count:,}" for count in (work.files, work.bytes, work.units, work.posts)),
        took,
        extra=extra if seconds is None else {**extra, "seconds": round(seconds, 1)},
    )
