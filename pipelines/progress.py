"""Units done, rate and time left, told while a job runs: a bar on a terminal, a line at the end elsewhere."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

POLL_SECONDS = 0.5


@contextmanager
def shown_progress(label: str, receipts: Mapping[str, int]) -> Iterator[None]:
    """Watches local receipts appear; each stands for so many posts or bytes. Nothing off a terminal."""
    if not sys.stderr.isatty() or any("://" in path for path in receipts):
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
        task = progress.add_task(label, total=sum(receipts.values()))

        def watch() -> None:
            while not stop.wait(POLL_SECONDS):
                progress.update(task, completed=sum(size for path, size in receipts.items() if Path(path).exists()))

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
