"""Numbers the labels of a dataset, its common categories and authors: a shard's condition ids are these numbers.

They are counted once, and kept when the dataset grows.
"""

from __future__ import annotations

import zlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam
import numpy as np

from pipelines.beam.to_list import ToList
from pipelines.dataset.staged_posts import read_columns, staged_path
from vae.data.dataset import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

Labels = dict[str, list[str]]
"""For each column of LABELS, its names: condition id k stands for the k-th name, counted from 1, and 0 for none."""

LEAST_POSTS: Final = 5
"""Fewest posts of a name: a rarer one tells a model which post it sees, not what such posts have in common."""

MOST_NAMES: Final = 1000
"""Most names of a column, since a model learns an embedding of each, and the manifest lists them."""

LONGEST_NAME: Final = 100
"""Most characters of a name: a longer cell is text in the wrong column, and no text crosses a shuffle."""

_PARTS: Final = 16
"""Into how many parts a column's names are hashed, so that no worker holds all of them and elements stay few."""


class NumberLabels(beam.PTransform):
    """Turns (number, name) of staged units into one Labels, once all units are staged."""

    def __init__(self, *, output: str) -> None:
        super().__init__()
        self.output = output

    def expand(self, staged: Any) -> Any:
        """Counts names in parts, and gathers only the common ones in one place."""
        return (
            staged
            | "Count" >> beam.FlatMap(lambda unit: count_names(unit[1], output=self.output))
            | "ByPart" >> beam.GroupByKey()
            | "Common" >> beam.FlatMap(common_names)
            | "Gather" >> ToList()
            | "Number" >> beam.Map(number_names)
        )


def count_names(unit: str, *, output: str) -> list[tuple[tuple[str, int], dict[str, int]]]:
    """Returns ((column, part), posts by name) of a staged unit. Duplicates count like any post."""
    counts: dict[tuple[str, int], dict[str, int]] = {}
    names = names_of(read_columns(staged_path(output, unit, "posts"), list(LABELS)))
    for column, names_of_posts in names.items():
        for name, posts in Counter(filter(None, names_of_posts)).items():
            counts.setdefault((column, zlib.crc32(name.encode()) % _PARTS), {})[name] = posts
    return list(counts.items())


def common_names(part: tuple[tuple[str, int], Iterable[Mapping[str, int]]]) -> Iterator[tuple[str, str, int]]:
    """Yields (column, name, posts) of the names in one part that have LEAST_POSTS posts in all units together."""
    (column, _), units = part
    total: Counter[str] = Counter()
    for counts in units:
        total.update(counts)
    return ((column, name, posts) for name, posts in total.items() if posts >= LEAST_POSTS)


def number_names(common: Iterable[tuple[str, str, int]]) -> Labels:
    """Returns the most common names of each column, in descending order of posts, then by name."""
    ranked = sorted((-posts, name, column) for column, name, posts in common)
    return {label: [name for _, name, column in ranked if column == label][:MOST_NAMES] for label in LABELS}


def names_of(posts: pa.Table) -> dict[str, list[str]]:
    """Returns for each column the name of each post: its first category, and its author; empty if it has none."""
    categories, authors = (posts.column(column).to_pylist() for column in ("category", "author"))
    return {
        "category": [_name(of_post[0]) if of_post else "" for of_post in categories],
        "author": [_name(author) for author in authors],
    }


def condition_ids(posts: pa.Table, labels: Mapping[str, list[str]]) -> dict[str, NDArray[np.uint16]]:
    """Returns for each column the condition id of each post: uint16 (posts)."""
    ids = {column: {name: number for number, name in enumerate(names, 1)} for column, names in labels.items()}
    return {
        column: np.array([ids[column].get(name, 0) for name in names], np.uint16)
        for column, names in names_of(posts).items()
    }


def _name(cell: str) -> str:
    """Returns the cell without surrounding white space, or an empty name if it is too long for one."""
    name = cell.strip()
    return name if len(name) <= LONGEST_NAME else ""
