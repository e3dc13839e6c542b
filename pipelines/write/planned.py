"""Hands the planned elements of a job to its workers in files, so that the job graph holds only the files' names."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, TypeVar

import apache_beam as beam

from pipelines.write.atomic import read_json, write_bytes
from pipelines.write.manifest import WORK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ELEMENTS: Final = 1_000
"""Elements in a file."""

PLANS: Final = f"{WORK}/plan"
"""The folder below the output whose files hold the plan of the last run."""

Element = TypeVar("Element")


class Planned(beam.PTransform):
    """Turns the start of a pipeline into the planned elements, spread over the workers.

    Dataflow refuses a job graph of more than 10 MB, which the names of 200,000 files would fill. The elements are
    dataclasses that JSON can hold, and `of_json` makes one of what `asdict` and JSON made of it.
    """

    def __init__(self, elements: Sequence[Any], *, output: str, of_json: Callable[[dict[str, Any]], Element]) -> None:
        super().__init__()
        self.elements, self.output, self.of_json = elements, output, of_json

    def expand(self, pipeline: Any) -> Any:
        """Writes the files, and reads each in a worker."""
        return (
            pipeline
            | "Plans" >> beam.Create(write_plan(self.elements, output=self.output))
            | "Read" >> beam.FlatMap(read_plan, of_json=self.of_json)
            | "Spread" >> beam.Reshuffle()
        )


def write_plan(elements: Sequence[Any], *, output: str) -> list[str]:
    """Writes the elements to files of at most ELEMENTS each, and returns the paths."""
    paths = []
    for start in range(0, len(elements), ELEMENTS):
        paths.append(f"{output}/{PLANS}/{start // ELEMENTS:05d}.json")
        rows = [asdict(element) for element in elements[start : start + ELEMENTS]]
        write_bytes(paths[-1], json.dumps(rows).encode())  # as ASCII, since the name of a file may be no UTF-8
    return paths


def read_plan(path: str, *, of_json: Callable[[dict[str, Any]], Element]) -> Iterator[Element]:
    """Yields the elements of one file."""
    yield from map(of_json, read_json(path))
