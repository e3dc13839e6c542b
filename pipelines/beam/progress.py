"""Shows how much of a running job is done, how fast it is, and how long it will take: as a bar or in the log."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from vae.log_lines import shows_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = logging.getLogger("blogvae")

POLL_SECONDS = 0.5
SECONDS_PER_LINE = 30
"""The time between two lines of a log that is no terminal."""

LOOKING = 0.05
"""The largest share of the time that goes to looking, as where 100,000 units are looked for."""

WATCHER = "progress"
"""The name of the thread that asks how much is done."""


@dataclass
class Pace:
    """How fast a job is, and how long it will take.

    What is done when it is asked for the first time was done by an earlier run, so it does not count for the speed.

    Attributes:
        total: the number at which the job is complete.
        shown: the largest number that was done so far, at most `total`.
    """

    total: int
    shown: int = 0
    _first: tuple[float, int] | None = None

    def update(self, done: int, now: float) -> str:
        """Takes what is done at a time in seconds, and returns speed and time left; "" while neither is known."""
        self.shown = max(self.shown, min(done, self.total))
        self._first = self._first or ((now, self.shown) if done else None)
        if self._first is None or self.shown == self._first[1]:
            return ""
        speed = (self.shown - self._first[1]) / (now - self._first[0])
        return f"{_figure(speed)}/s, about {duration((self.total - self.shown) / speed)} left"


@contextmanager
def shown_progress(label: str, total: int, done: Callable[[], int], *, folder: str) -> Iterator[None]:
    """Shows how much is done while the block runs, if the folder is local.

    On a terminal that is a bar, else a line of the log every SECONDS_PER_LINE.

    Args:
        label: what is counted.
        total: the number at which the job is complete.
        done: returns how many are done; it is called at each look.
        folder: the output folder; in a remote one `done` would be slow.
    """
    if "://" in folder:
        yield
        return
    pace, stop = Pace(total), threading.Event()
    is_bar = shows_progress()
    texts = (TextColumn("{task.description}"), TextColumn("{task.fields[pace]}"))
    columns = (texts[0], BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), texts[1])
    with Progress(*columns, transient=True, disable=not is_bar) as bar:
        task = bar.add_task(label, total=total, pace="")

        def watch() -> None:
            wait = POLL_SECONDS if is_bar else SECONDS_PER_LINE
            looked = 0.0
            while not stop.wait(max(wait, looked / LOOKING)):
                started = time.perf_counter()
                text = pace.update(done(), time.monotonic())
                looked = time.perf_counter() - started
                bar.update(task, completed=pace.shown, pace=text)
                if not is_bar:
                    log.info("%s: %s of %s%s", label, f"{pace.shown:,}", f"{total:,}", f", {text}" if text else "")

        thread = threading.Thread(name=WATCHER, target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def duration(seconds: float) -> str:
    """Returns a number of seconds in the largest unit of which it has at least two."""
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:.0f} seconds"


def _figure(speed: float) -> str:
    return f"{speed:,.0f}" if speed >= 10 else f"{speed:.2g}"
