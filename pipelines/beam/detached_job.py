"""Tells whether a job goes on after the program that starts it has ended."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from apache_beam.options.pipeline_options import GoogleCloudOptions, StandardOptions

from pipelines.beam.pipeline import LOCAL_RUNNER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apache_beam.options.pipeline_options import PipelineOptions

log = logging.getLogger("blogvae")

_NO_WAIT = "--no_wait_until_finish"


def goes_on_alone(options: PipelineOptions) -> bool:
    """Returns whether the flags let the job go on alone, or make a template of it. The local runner always waits."""
    standard = options.view_as(StandardOptions)
    if standard.runner == LOCAL_RUNNER:
        return False
    return bool(standard.no_wait_until_finish or options.view_as(GoogleCloudOptions).template_location)


def waiting(flags: Iterable[str]) -> list[str]:
    """Returns Beam's flags without the one that lets a job go on alone, for a job that another one needs."""
    return [flag for flag in flags if flag != _NO_WAIT]


def log_handed_over(output: str) -> None:
    """Logs that the job goes on alone, and how its end shows."""
    log.info("%s: the job goes on without this program; it is done when it has written MANIFEST.json", output)
