"""Holds a lock on a filesystem that has no locks: an object that says until when a run may write."""

from __future__ import annotations

import json
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError, as_file_error
from pipelines.write.atomic import read_json, write_bytes
from pipelines.write.object_store import put_if_absent

if TYPE_CHECKING:
    from collections.abc import Iterator

LEASE_SECONDS: Final = 120
_RENEWAL_SECONDS: Final = 30


@contextmanager
def held_lease(path: str) -> Iterator[None]:
    """Holds the lease at `path`, and renews it until the block ends; then it is removed.

    A run that is killed leaves its lease, which ends within LEASE_SECONDS. So the clocks of two machines may differ by
    less than that. Two runs that find an ended lease at the same moment may both take it; the one that lost it raises
    at its end.

    Raises:
        UserError: another run holds the lease.
        RuntimeError: another run took the lease during the block.
    """
    holder = uuid.uuid4().hex
    _take(path, holder)
    over = threading.Event()
    renewal = threading.Thread(target=_renew, args=(path, holder, over), daemon=True)
    renewal.start()
    try:
        yield
        if not _is_held(path, holder):
            raise RuntimeError(f"another run took {path} while this one wrote; check that one alone runs, and rerun it")
    finally:
        over.set()
        renewal.join()
        if _is_held(path, holder):
            FileSystems.delete([path])


def _take(path: str, holder: str) -> None:
    with as_file_error(path, "written"):
        if put_if_absent(path, _lease(holder)) or _is_held(path, holder):  # ours, if a lost answer made a client retry
            return
    lease = _read(path)
    left = lease["until"] - time.time() if lease else 0.0
    if left > 0:
        raise UserError(
            f"another run is writing to {path.rpartition('/')[0]}, or was killed: wait for it, or {left:.0f} seconds"
            " after a kill, or choose another --output"
        )
    if lease:
        FileSystems.delete([path])
    if not put_if_absent(path, _lease(holder)):
        raise UserError(f"another run has begun to write to {path.rpartition('/')[0]}; choose another --output")


def _renew(path: str, holder: str, over: threading.Event) -> None:
    while not over.wait(_RENEWAL_SECONDS):
        with suppress(OSError):  # the next renewal is in time, too
            if _is_held(path, holder):
                write_bytes(path, _lease(holder))


def _lease(holder: str) -> bytes:
    return json.dumps({"holder": holder, "until": time.time() + LEASE_SECONDS}).encode()


def _is_held(path: str, holder: str) -> bool:
    lease = _read(path)
    return lease is not None and lease["holder"] == holder


def _read(path: str) -> dict[str, Any] | None:
    try:
        lease: dict[str, Any] = read_json(path)
    except FileNotFoundError:
        return None
    return lease
