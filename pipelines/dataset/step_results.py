"""Keeps the results of each step of a run in a file, whose absence shows that the run did not get that far."""

from __future__ import annotations

from typing import Any

from apache_beam.io.filesystems import FileSystems

from pipelines.dataset.staged_posts import receipt_path
from pipelines.write.atomic import read_json
from pipelines.write.manifest import WORK

STEPS = ("units", "cleaned", "staged", "tokenizer", "labels", "encoded", "shards")
"""The steps of prepare that list their results."""


class StepResults:
    """The results of STEPS below one output folder; each step's results are a list of plain data."""

    def __init__(self, output: str) -> None:
        self.output = output
        self._bytes: dict[str, int] = {}
        self._cleaned = 0

    def path(self, step: str) -> str:
        """Returns the path of the file that lists a step's results."""
        return f"{self.output}/{WORK}/{step}.json"

    def forget(self) -> None:
        """Removes the results of an earlier run, so that they cannot be taken for those of this run."""
        if paths := [path for path in map(self.path, STEPS) if FileSystems.exists(path)]:
            FileSystems.delete(paths)

    def of(self, step: str) -> list[Any]:
        """Reads a step's results, sorted.

        Raises:
            OSError: the runner never completed the step, whatever it reported.
        """
        results: list[Any] = read_json(self.path(step))
        return results

    def bytes_cleaned(self, total: int) -> int:
        """Returns how many of `total` bytes of input are in units that are staged by now.

        A unit may count files that lie beside those of the input, so the bytes of units are taken as shares.
        """
        if not self._bytes and FileSystems.exists(self.path("units")):
            self._bytes = {receipt_path(self.output, name): size for _, name, size in self.of("units")}
        for path in [path for path in self._bytes if FileSystems.exists(path)]:
            self._cleaned += self._bytes.pop(path)
        planned = self._cleaned + sum(self._bytes.values())
        return round(total * self._cleaned / planned) if planned else 0
