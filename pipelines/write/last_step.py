"""The last step of a job: it runs in a worker, so that the job ends whole even if its driver has ended before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.transforms.combiners import ToList

from pipelines.write.atomic import read_json, write_json
from pipelines.write.job_lease import check_job_lease, end_job_lease
from pipelines.write.manifest import WORK

if TYPE_CHECKING:
    from collections.abc import Callable

Report = dict[str, Any]
"""What the last step tells the driver beside the manifest, as plain data."""

_REPORT: Final = f"{WORK}/finished.json"


class LastStep(beam.PTransform):
    """Gathers all results of a job, and calls `finish` with them once they are complete.

    `finish` checks that nothing vanished, writes what readers find beside the parts, and the manifest last. A runner
    may call it again after a failure, so a repeated call writes the same files. `holder` is the name that `job_lease`
    gave.
    """

    def __init__(self, finish: Callable[[list[Any]], Report], *, output: str, holder: str) -> None:
        super().__init__()
        self.finish, self.output, self.holder = finish, output, holder

    def expand(self, results: Any) -> Any:
        """Takes one element for each result."""
        return (
            results
            | "All" >> ToList()
            | "Finish" >> beam.Map(_end, finish=self.finish, output=self.output, holder=self.holder)
        )


def _end(results: list[Any], *, finish: Callable[[list[Any]], Report], output: str, holder: str) -> None:
    check_job_lease(output, holder)
    write_json(f"{output}/{_REPORT}", finish(results))
    end_job_lease(output, holder)


def forget_report(output: str) -> None:
    """Removes the report of an earlier job, so that it cannot be taken for that of this one."""
    path = f"{output}/{_REPORT}"
    if FileSystems.exists(path):
        FileSystems.delete([path])


def read_report(output: str) -> Report:
    """Reads what the last step of a job reported.

    Raises:
        RuntimeError: the last step did not run, whatever the runner says.
    """
    path = f"{output}/{_REPORT}"
    if not FileSystems.exists(path):
        raise RuntimeError(f"the runner says that the job is done, but its last step left no {path}")
    report: Report = read_json(path)
    return report
