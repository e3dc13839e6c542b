"""Keeps other runs out of a folder that a job writes to after the program that started it has ended."""

from __future__ import annotations

import json
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.write.atomic import read_json, write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

JOB_LEASE_HOURS: Final = 24
"""How long a job keeps other runs out, if it does not end before."""

_JOB_LEASE = ".job"


@contextmanager
def job_lease(folder: str, *, goes_on: bool) -> Iterator[str]:
    """Refuses a folder that a job holds. If `goes_on`, gives the folder to the job that is started in the block.

    The lease stays when the block ends, unless it raises, and the last step of the job ends it. A job that never ends
    leaves it for JOB_LEASE_HOURS.

    Yields:
        The name under which the job holds the folder, empty unless `goes_on`.

    Raises:
        UserError: a job holds the folder.
    """
    path = f"{folder}/{_JOB_LEASE}"
    if lease := _read(path):
        hours = (lease["until"] - time.time()) / 3600
        if hours > 0:
            raise UserError(
                f"a job that was started earlier writes to {folder}: wait for it; if it was cancelled or failed, delete"
                f" {path}, which keeps other runs out for {hours:.1f} more hours"
            )
    if not goes_on:
        yield ""
        return
    holder = uuid.uuid4().hex
    lease = {"holder": holder, "until": time.time() + 3600 * JOB_LEASE_HOURS}
    write_bytes(path, json.dumps(lease).encode())
    try:
        yield holder
    except BaseException:
        end_job_lease(folder, holder)
        raise


def check_job_lease(folder: str, holder: str) -> None:
    """Checks, within a job, that no other one was given the folder since; a lease that was deleted is no objection.

    Raises:
        RuntimeError: another job holds the folder.
    """
    lease = _read(f"{folder}/{_JOB_LEASE}") if holder else None
    if lease and lease["holder"] != holder:
        raise RuntimeError(f"another job was started on {folder} while this one ran: this one writes no manifest")


def end_job_lease(folder: str, holder: str) -> None:
    """Ends the lease of this holder, if it is there."""
    path = f"{folder}/{_JOB_LEASE}"
    if holder and (lease := _read(path)) and lease["holder"] == holder:
        FileSystems.delete([path])


def _read(path: str) -> dict[str, Any] | None:
    if not FileSystems.exists(path):
        return None
    lease: dict[str, Any] = read_json(path)
    return lease
