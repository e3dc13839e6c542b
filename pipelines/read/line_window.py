from __future__ import annotations

import csv
from collections import deque
from typing import TYPE_CHECKING, Final

from pipelines.read.lines import RECORD_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SAMPLE_CHARACTERS: Final = 1 << 16


class LineWindow:
    """Hands lines to `csv.reader` and keeps those of the record being read, so that they can be read again."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.record: list[str] = []
        self.size = 0
        self._lines = lines
        self._again: deque[str] = deque()
        self._ended = False

    def __iter__(self) -> LineWindow:
        return self

    def __next__(self) -> str:
        if self.size > RECORD_LIMIT:
            raise csv.Error("the record is longer than any read")
        try:
            line = self._again.popleft() if self._again else next(self._lines)
        except StopIteration:
            self._ended = True
            raise
        self.record.append(line)
        self.size += len(line)
        return line

    @property
    def holds_one_whole_line(self) -> bool:
        """Whether the record took one line and asked for no other."""
        return len(self.record) == 1 and not self._ended and self.size <= RECORD_LIMIT

    def start_record(self) -> None:
        """Lets go of the lines of the record before."""
        self.record = []
        self.size = 0
        self._ended = False

    def read_again(self, lines: Sequence[str]) -> None:
        """Puts lines of the record, or parts of them, back before those to come."""
        self._again.extendleft(reversed(lines))

    def peek(self) -> list[str]:
        """The first lines, about 64 thousand characters, which stay to be read."""
        size = 0
        while size < _SAMPLE_CHARACTERS and (line := next(self._lines, None)) is not None:
            self._again.append(line)
            size += len(line)
        return list(self._again)
