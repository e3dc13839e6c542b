"""Units done, rate and time left, told while a job runs: a bar on a terminal, a line at the end elsewhere."""

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
    """Asks from time to time how many posts or bytes are done. Nothing off a terminal, or for a remote folder."""
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
