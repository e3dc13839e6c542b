"""How a pipeline is run: Beam's own flags, the local runner by default, a failure told plainly."""

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

from pipelines.beam.watched_workers import watched_workers
from pipelines.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MISTAKE = re.compile(r"\b(?:User|File)Error: (?P<told>.*?)(?: \[while running '.*'\])?\Z")
_WHERE = re.compile(r" \[while running '[^']*'\]\Z")

LOCAL_RUNNER = "FnApiRunner"
"""Named, since Beam's bare DirectRunner may try to download another one."""


def beam_options(flags: Sequence[str], *, units: int) -> PipelineOptions:
    """Beam's options from the flags our command line does not know.

    Locally, unless told otherwise, as many workers as there are cores and units; more than one are processes.

    Raises:
        UserError: for a flag that Beam does not know either.
    """
    parser = _BeamArgumentParser(add_help=False, allow_abbrev=False)
    for group in PipelineOptions.__subclasses__():
        group._add_argparse_args(parser)  # noqa: SLF001  (Beam offers no other way to ask)
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
    """Has the garbage collector look more seldom; the steps of prepare collect after each unit themselves."""
    gc.freeze()
    gc.set_threshold(50_000, 5, 5)


@contextmanager
def beam_pipeline(options: PipelineOptions) -> Iterator[beam.Pipeline]:
    """A pipeline to build in a `with` block, which runs it to its end.

    Raises:
        UserError: a step met the user's mistake.
        RuntimeError: a step failed otherwise; the message is one line that names it.
    """
    if options.view_as(StandardOptions).runner != LOCAL_RUNNER:
        with beam.Pipeline(options=options) as pipeline:
            yield pipeline
        return
    spare_collector()
    # What Beam logs of a failure is the traceback of the exception that it then raises.
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL)
    processes = options.view_as(DirectOptions).direct_num_workers != 1
    worker = SubprocessSDKEnvironment.from_command_string(f"{sys.executable} -m pipelines.beam.worker_process")
    try:
        runner = FnApiRunner(worker if processes else None)
        with watched_workers(), beam.Pipeline(runner=runner, options=options) as pipeline:
            yield pipeline
    except UserError as error:
        raise UserError(_WHERE.sub("", str(error))) from error
    except RuntimeError as error:
        # A worker sends its traceback as the message; what failed stands at its end.
        last = str(error).strip().rpartition("\n")[-1]
        if mistake := _MISTAKE.search(last):
            raise UserError(mistake["told"]) from error
        raise RuntimeError(last.removeprefix("RuntimeError: ")) from error
