"""Runs a Beam pipeline, locally by default, with Beam's own flags and with error messages of one line."""

from __future__ import annotations

import gc
import logging
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions, TypeOptions
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from pipelines.beam.file_systems import unknown_flags
from pipelines.beam.freed_memory import return_freed_memory
from pipelines.beam.watched_workers import watched_workers
from pipelines.errors import TemporaryFileError, UserError
from vae.limits import usable_cores, usable_memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_USER_ERROR = re.compile(
    r"\b(?P<kind>User|File|TemporaryFile)Error: (?P<message>.*?)(?: \[while running '[^']*'\])?$", re.MULTILINE
)
_STEP = re.compile(r" \[while running '[^']*'\]\Z")
_FAILED_STEP = re.compile(r"^.*\[while running '[^']*'\]$", re.MULTILINE)

LOCAL_RUNNER = "FnApiRunner"
"""The local runner. It is named because Beam's DirectRunner may try to download another runner."""

_ON_THIS_MACHINE = frozenset({LOCAL_RUNNER, "DirectRunner", "BundleBasedDirectRunner"})
"""The runners that know no flags but those that Beam lists here."""


def beam_options(flags: Sequence[str], *, units: int, worker_bytes: int = 1) -> PipelineOptions:
    """Returns Beam's options from the flags that are not blogvae's own, and gives them to Beam's filesystems.

    A command calls this before it reads or writes anything. By default the local runner has as many workers as there
    are cores that it may use, but no more than `units`, nor than fit into the memory that it may use if each takes
    `worker_bytes`. Flags that only a job server knows are passed on to it.

    Raises:
        UserError: Beam does not know a flag of a local runner either, or refuses its value; or it has no such runner,
            or the runner lacks a flag.
    """
    unknown = unknown_flags(flags, PipelineOptions.__subclasses__())
    options = PipelineOptions(list(flags))
    standard, direct = options.view_as(StandardOptions), options.view_as(DirectOptions)
    standard.runner = standard.runner or LOCAL_RUNNER
    if unknown and standard.runner in _ON_THIS_MACHINE:
        raise UserError(f"unknown flag {unknown[0]}: neither blogvae nor Beam has it; --help lists ours")
    if standard.runner == LOCAL_RUNNER and not any(flag.startswith("--direct_") for flag in flags):
        direct.direct_num_workers = max(1, min(int(usable_cores()), units, usable_memory() // worker_bytes))
    if standard.runner != LOCAL_RUNNER:
        _check_runner(options)
    FileSystems.set_options(options)
    return options


def _check_runner(options: PipelineOptions) -> None:
    """Raises UserError if Beam cannot make the runner, or finds that a flag of its is missing."""
    name = options.view_as(StandardOptions).runner
    try:
        beam.Pipeline(options=options)
    except (ImportError, AttributeError, ValueError) as error:
        raise UserError(f"--runner {name}: {' '.join(str(error).split())}") from error


def spare_collector() -> None:
    """Makes the garbage collector run less often, since the steps of prepare collect after each unit.

    What was imported until now is never looked at.
    """
    gc.enable()
    gc.freeze()
    gc.set_threshold(50_000, 5, 5)


@contextmanager
def beam_pipeline(options: PipelineOptions) -> Iterator[beam.Pipeline]:
    """Yields a pipeline to build in a `with` block, at whose end it runs; more than one local worker are processes.

    Raises:
        UserError: a step raised one, on any runner.
        RuntimeError: a step failed otherwise; the message is one line that names the step.
    """
    is_local = options.view_as(StandardOptions).runner == LOCAL_RUNNER
    try:
        with _local_pipeline(options) if is_local else beam.Pipeline(options=options) as pipeline:
            yield pipeline
    except UserError as error:
        raise type(error)(_STEP.sub("", str(error))) from error
    except RuntimeError as error:
        # The message of a worker is its traceback; runners put their own text around it.
        text = str(error).strip()
        last_line = text.rpartition("\n")[-1]
        searched = last_line if is_local else text
        if user_errors := [*_USER_ERROR.finditer(searched)]:
            kind = TemporaryFileError if user_errors[-1]["kind"].startswith("Temporary") else UserError
            raise kind(user_errors[-1]["message"]) from error
        failed = [last_line] if is_local else _FAILED_STEP.findall(text) or [text]
        raise RuntimeError(failed[-1].removeprefix("RuntimeError: ")) from error


@contextmanager
def _local_pipeline(options: PipelineOptions) -> Iterator[beam.Pipeline]:
    spare_collector()
    return_freed_memory()
    # Beam logs the traceback of a failure, and then raises the same exception.
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL)
    options.view_as(TypeOptions).pipeline_type_check = False  # Beam infers few types here, and takes a quarter second
    processes = options.view_as(DirectOptions).direct_num_workers != 1
    worker = SubprocessSDKEnvironment.from_command_string(f"{sys.executable} -m pipelines.beam.worker_process")
    runner = FnApiRunner(worker if processes else None)
    with watched_workers(), beam.Pipeline(runner=runner, options=options) as pipeline:
        yield pipeline
