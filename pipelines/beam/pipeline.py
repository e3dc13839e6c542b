"""Runs a Beam pipeline, locally by default, with Beam's own flags and with error messages of one line."""

from __future__ import annotations

import gc
import logging
import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import apache_beam as beam
from apache_beam.options.pipeline_options import (
    DirectOptions,
    PipelineOptions,
    StandardOptions,
    _BeamArgumentParser,
)
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from pipelines.beam.freed_memory import return_freed_memory
from pipelines.beam.watched_workers import watched_workers
from pipelines.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_USER_ERROR = re.compile(r"\b(?:User|File)Error: (?P<message>.*?)(?: \[while running '.*'\])?\Z")
_STEP = re.compile(r" \[while running '[^']*'\]\Z")

LOCAL_RUNNER = "FnApiRunner"
"""The local runner. It is named because Beam's DirectRunner may try to download another runner."""


def beam_options(flags: Sequence[str], *, units: int) -> PipelineOptions:
    """Returns Beam's options from the flags that are not blogvae's own.

    By default the local runner has as many workers as there are cores, but no more than `units`.

    Raises:
        UserError: Beam does not know a flag either, or refuses its value.
    """
    parser = _BeamArgumentParser(add_help=False, allow_abbrev=False)
    for group in PipelineOptions.__subclasses__():
        group._add_argparse_args(parser)  # noqa: SLF001  (Beam offers no public way to list its flags)
    try:
        _, unknown = parser.parse_known_args(list(flags))
    except SystemExit as error:
        raise UserError(f"Beam refuses its flags {' '.join(flags)}") from error
    if unknown:
        raise UserError(f"unknown flag {unknown[0]}: neither blogvae nor Beam has it; --help lists ours")
    options = PipelineOptions(list(flags))
    standard, direct = options.view_as(StandardOptions), options.view_as(DirectOptions)
    standard.runner = standard.runner or LOCAL_RUNNER
    if standard.runner == LOCAL_RUNNER and not any(flag.startswith("--direct_") for flag in flags):
        direct.direct_num_workers = max(1, min(os.cpu_count() or 1, units))
    return options


def spare_collector() -> None:
    """Makes the garbage collector run less often, since the steps of prepare collect after each unit."""
    gc.freeze()
    gc.set_threshold(50_000, 5, 5)


@contextmanager
def beam_pipeline(options: PipelineOptions) -> Iterator[beam.Pipeline]:
    """Yields a pipeline to build in a `with` block, at whose end it runs; more than one local worker are processes.

    Raises:
        UserError: a step raised one.
        RuntimeError: a step failed otherwise; the message is one line that names the step.
    """
    if options.view_as(StandardOptions).runner != LOCAL_RUNNER:
        with beam.Pipeline(options=options) as pipeline:
            yield pipeline
        return
    spare_collector()
    return_freed_memory()
    # Beam logs the traceback of a failure, and then raises the same exception.
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL)
    processes = options.view_as(DirectOptions).direct_num_workers != 1
    worker = SubprocessSDKEnvironment.from_command_string(f"{sys.executable} -m pipelines.beam.worker_process")
    try:
        runner = FnApiRunner(worker if processes else None)
        with watched_workers(), beam.Pipeline(runner=runner, options=options) as pipeline:
            yield pipeline
    except UserError as error:
        raise UserError(_STEP.sub("", str(error))) from error
    except RuntimeError as error:
        # The message of a worker is its traceback, whose last line names the error.
        last_line = str(error).strip().rpartition("\n")[-1]
        if user_error := _USER_ERROR.search(last_line):
            raise UserError(user_error["message"]) from error
        raise RuntimeError(last_line.removeprefix("RuntimeError: ")) from error
