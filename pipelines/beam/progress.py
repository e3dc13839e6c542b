"""Shows on a terminal how much of a running job is done, and how much time is left."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from vae.log_lines import shows_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POLL_SECONDS = 0.5
WATCHER = "progress"
"""The name of the thread that asks how much is done."""


@contextmanager
def shown_progress(label: str, total: int, done: Callable[[], int], *, folder: str) -> Iterator[None]:
    """Shows a progress bar while the block runs, if standard error is a terminal and the folder is local.

    Args:
        label: what is counted.
        total: the number at which the job is complete.
        done: returns how many are done; it is called every POLL_SECONDS.
        folder: the output folder; in a remote one `done` would be slow.
    """
    if not shows_progress() or "://" in folder:
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

        thread = threading.Thread(name=WATCHER, target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
