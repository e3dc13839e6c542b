"""Shows on a terminal how much of a running job is done, and how much time is left."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POLL_SECONDS = 0.5


@contextmanager
def shown_progress(label: str, total: int, done: Callable[[], int], *, folder: str) -> Iterator[None]:
    """Shows a progress bar while the block runs, if standard error is a terminal and the folder is local.

    Args:
        label: what is counted.
        total: the number at which the job is complete.
        done: returns how many are done; it is called every POLL_SECONDS.
        folder: the output folder; in a remote one `done` would be slow.
    """
    if not sys.stderr.isatty() or "://" in folder:
        yield
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    stop = threading.Event()
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task(label, total=total)

        def watch() -> None:
            while not stop.wait(POLL_SECONDS):
                progress.update(task, completed=done())

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
