"""The labels of a dataset, which the condition ids of its shards number: counted once, then kept as it grows."""

from __future__ import annotations

import zlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam
import numpy as np
from apache_beam.transforms.combiners import ToList

from pipelines.dataset.staged_posts import read_columns, staged_path
from vae.data.dataset import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

Labels = dict[str, list[str]]
"""By column of LABELS, its names: condition id k is the k-th name, 0 none of them."""

LEAST_POSTS: Final = 5
"""Posts that a name needs: a rarer one tells a model which post it is, not what such posts have in common."""

MOST_NAMES: Final = 1000
"""Names of a column: a model learns an embedding of each, and the manifest lists them."""

LONGEST_NAME: Final = 100
"""Characters: a longer cell is text in the wrong column, and no text crosses a shuffle."""

_PARTS: Final = 16
"""Parts that a column's names are counted in: no worker holds them all, and few elements do."""


class NumberLabels(beam.PTransform):
    """(number, name) of staged units to one Labels, when all units are staged."""

    def __init__(self, *, output: str) -> None:
        super().__init__()
        self.output = output

    def expand(self, staged: Any) -> Any:
        """Only common names are ever all in one place."""
        return (
            staged
            | "Count" >> beam.FlatMap(lambda unit: count_names(unit[1], output=self.output))
            | "ByPart" >> beam.GroupByKey()
            | "Common" >> beam.FlatMap(common_names)
            | "Gather" >> ToList()
            | "Number" >> beam.Map(number_names)
        )


def count_names(unit: str, *, output: str) -> list[tuple[tuple[str, int], dict[str, int]]]:
    """((column, part), posts by name) of a staged unit, duplicates counted like any post."""
    counts: dict[tuple[str, int], dict[str, int]] = {}
    names = names_of(read_columns(staged_path(output, unit, "posts"), list(LABELS)))
    for column, of_posts in names.items():
        for name, posts in Counter(filter(None, of_posts)).items():
            counts.setdefault((column, zlib.crc32(name.encode()) % _PARTS), {})[name] = posts
    return list(counts.items())


def common_names(part: tuple[tuple[str, int], Iterable[Mapping[str, int]]]) -> Iterator[tuple[str, str, int]]:
    """(column, name, posts) of the names in one part that enough posts of all units have."""
    (column, _), units = part
    total: Counter[str] = Counter()
    for counts in units:
        total.update(counts)
    return ((column, name, posts) for name, posts in total.items() if posts >= LEAST_POSTS)


def number_names(common: Iterable[tuple[str, str, int]]) -> Labels:
    """The commonest names of each column, by falling number of posts, then by name."""
    ranked = sorted((-posts, name, column) for column, name, posts in common)
    return {label: [name for _, name, column in ranked if column == label][:MOST_NAMES] for label in LABELS}


def names_of(posts: pa.Table) -> dict[str, list[str]]:
    """By column, each post's name: the first of its categories, its author; empty where it has none."""
    categories, authors = (posts.column(column).to_pylist() for column in ("category", "author"))
    return {
        "category": [_name(own[0]) if own else "" for own in categories],
        "author": [_name(author) for author in authors],
    }


def condition_ids(posts: pa.Table, labels: Mapping[str, list[str]]) -> dict[str, NDArray[np.uint16]]:
    """By column, each post's id: uint16 (posts)."""
    ids = {column: {name: number for number, name in enumerate(names, 1)} for column, names in labels.items()}
    return {
        column: np.array([ids[column].get(name, 0) for name in names], np.uint16)
        for column, names in names_of(posts).items()
    }


def _name(cell: str) -> str:
    name = cell.strip()
    return name if len(name) <= LONGEST_NAME else ""
