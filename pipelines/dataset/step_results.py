"""What the steps of a run gave, in one file a step: nothing there, and the run did not reach its end."""

from __future__ import annotations

from typing import Any

from apache_beam.io.filesystems import FileSystems

from pipelines.dataset.staged_posts import receipt_path
from pipelines.write.atomic import read_json
from pipelines.write.manifest import WORK

STEPS = ("units", "staged", "tokenizer", "labels", "encoded", "shards")


class StepResults:
    """Of STEPS, each a list of plain data."""

    def __init__(self, output: str) -> None:
        self.output = output
        self._bytes: dict[str, int] = {}
        self._cleaned = 0

    def path(self, step: str) -> str:
        """Where a step's results are listed."""
        return f"{self.output}/{WORK}/{step}.json"

    def forget(self) -> None:
        """Removes what an earlier run listed, lest it pass for this run's."""
        if there := [path for path in map(self.path, STEPS) if FileSystems.exists(path)]:
            FileSystems.delete(there)

    def of(self, step: str) -> list[Any]:
        """A step's results, sorted. Raises OSError where the runner never came to it, whatever it reported."""
        results: list[Any] = read_json(self.path(step))
        return results

    def bytes_cleaned(self) -> int:
        """Input bytes of the units that are staged by now."""
        if not self._bytes and FileSystems.exists(self.path("units")):
            self._bytes = {receipt_path(self.output, name): size for _, name, size in self.of("units")}
        for path in [path for path in self._bytes if FileSystems.exists(path)]:
            self._cleaned += self._bytes.pop(path)
        return self._cleaned
