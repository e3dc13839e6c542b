"""Tells of each unit that a worker has finished, in Beam's metrics and in a line of the log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from apache_beam.metrics.metric import Metrics

from vae.log_lines import UNITS_LOG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apache_beam.runners.runner import PipelineResult

METRICS_NAMESPACE: Final = "blogvae"
"""The namespace of the counters of every job, on every runner."""

log = logging.getLogger(UNITS_LOG)


def tell_finished(unit: str, done: str, counts: Mapping[str, int], *, seconds: float | None = None) -> None:
    """Adds to the counters of a job, and logs a line that text logs leave out.

    Args:
        unit: the fingerprint of the unit.
        done: a participle that says what was done with the unit; `units_{done}` counts such units.
        counts: what to add to other counters, by their names.
        seconds: how long it took, if that is known.
    """
    for name, count in {f"units_{done}": 1, **counts}.items():
        Metrics.counter(METRICS_NAMESPACE, name).inc(count)
    summary = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
    extra = {"unit": unit, "counts": dict(counts)}
    log.info("unit %s %s: %s", unit, done, summary, extra=extra if seconds is None else {**extra, "seconds": seconds})


def counted(result: PipelineResult) -> dict[str, int]:
    """Returns what the counters of a finished job have added up, by their names."""
    counters = result.metrics().query()["counters"]
    ours = [counter for counter in counters if counter.key.metric.namespace == METRICS_NAMESPACE]
    total: dict[str, int] = {}
    for counter in ours:  # each step that uses a counter has one of its own
        total[counter.key.metric.name] = total.get(counter.key.metric.name, 0) + counter.committed
    return total
