"""Shows how much of a measurement is done and how long it will take: a bar on a terminal, lines in a log."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from vae.log_lines import shows_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = logging.getLogger("blogvae")

SECONDS_PER_LINE: Final = 30
"""The time between two lines in a log."""


def nothing() -> None:
    """Shows nothing: what is called after a part where no bar is wanted."""


@contextmanager
def measuring_bar(parts: int) -> Iterator[Callable[[], None]]:
    """Yields what is to be called after each of so many parts, which take about as long as one another."""
    is_bar = shows_progress()
    columns = (TextColumn("measuring, parts"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True, disable=not is_bar) as bar:
        task = bar.add_task("", total=parts)
        started = logged = time.monotonic()
        done = 0

        def part_done() -> None:
            nonlocal done, logged
            done, now = done + 1, time.monotonic()
            bar.update(task, completed=done)
            if not is_bar and now - logged >= SECONDS_PER_LINE:
                logged = now
                left = (now - started) / done * (parts - done)
                log.info("measured %d of %d parts, about %d seconds left", done, parts, left)

        yield part_done
