"""Locks an output folder, so that only one run at a time writes to it."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from pipelines.errors import UserError, as_file_error
from pipelines.write.job_lease import job_lease
from pipelines.write.lease import held_lease

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK = ".lock"


@contextmanager
def only_run_on(folder: str, *, job_goes_on: bool = False) -> Iterator[str]:
    """Makes the folder and holds its lock, which the system releases when the process ends, however it ends.

    A folder on a remote filesystem has a lease instead, with the weaker guarantees of `held_lease`. If `job_goes_on`
    after the block, the job holds the folder from then on, as `job_lease` describes.

    Yields:
        The name under which the job holds the folder, empty unless `job_goes_on`.

    Raises:
        UserError: another run or job holds the folder, or it cannot be made.
        FileError: the lock file cannot be written.
    """
    with _locked(folder), job_lease(folder, goes_on=job_goes_on) as holder:
        yield holder


def _locked(folder: str) -> AbstractContextManager[object]:
    if "://" in folder:
        return held_lease(f"{folder}/{_LOCK}")
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{folder} cannot be a folder to write to: {error.strerror}; choose another --output"
        ) from error
    with as_file_error(folder, "written to"):
        try:
            return FileLock(Path(folder) / _LOCK, timeout=0).acquire()
        except Timeout as error:
            raise UserError(f"another run is writing to {folder}; wait for it or choose another --output") from error
