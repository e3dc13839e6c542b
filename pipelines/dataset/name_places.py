"""Names the posts that decisions about duplicates point to, so that rejects/ and duplicates/ can say which they are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import pyarrow as pa

from pipelines.dataset.staged_posts import read_columns, staged_path
from pipelines.dedup.keys import PostPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.dedup.decisions import Decisions

Unit = tuple[int, str]
"""The number and the name of a staged unit."""

PlaceNames = dict[PostPlace, str]
"""The name of a post, source#position, by its place."""

DecidedUnit = tuple[Unit, tuple["Decisions", PlaceNames]]
"""A unit, the decisions about its posts, and the names of the posts that they point to."""


class NamePlaces(beam.PTransform):
    """Turns {units: (number, name), decisions: ((number, name), Decisions)} into DecidedUnits.

    Each unit is read once for all others that point to it, so the work does not grow with the pairs of units.
    """

    def __init__(self, *, output: str) -> None:
        super().__init__()
        self.output = output

    def expand(self, inputs: Mapping[str, Any]) -> Any:
        """Asks each unit for the names of the posts that others point to, and joins them with the decisions."""
        wanted = inputs["decisions"] | "Wanted" >> beam.FlatMap(wanted_rows)
        names = (
            {"units": inputs["units"], "wanted": wanted}
            | "ByNamed" >> beam.CoGroupByKey()
            | "Name" >> beam.FlatMap(name_rows, output=self.output)
        )
        decisions = inputs["decisions"] | "ByNumber" >> beam.Map(lambda unit: (unit[0][0], unit))
        return (
            {"decisions": decisions, "names": names} | "ByUnit" >> beam.CoGroupByKey() | "Join" >> beam.Map(join_names)
        )


def wanted_rows(unit: tuple[Unit, Decisions]) -> Iterator[tuple[int, tuple[int, list[int]]]]:
    """Yields (number of another unit or the same, (number of this unit, rows of the other that it points to))."""
    (number, _), decisions = unit
    rows = defaultdict(set)
    for place in [*(copy.first for copy in decisions.exact), *(near.representative for near in decisions.near)]:
        rows[place.number].add(place.row)
    for named, wanted in rows.items():
        yield named, (number, sorted(wanted))


def name_rows(joined: tuple[int, Mapping[str, Iterable[Any]]], *, output: str) -> Iterator[tuple[int, PlaceNames]]:
    """Yields (number of the unit that asks, names of the posts that it asks for)."""
    number, parts = joined
    wanted = list(parts["wanted"])
    if not wanted:
        return
    (name,) = parts["units"]
    columns = read_columns(staged_path(output, name, "posts"), ["source", "position"])
    for asking, rows in wanted:
        found = columns.take(pa.array(rows, pa.int64())).to_pylist()
        names = (f"{post['source']}#{post['position']}" for post in found)
        yield asking, dict(zip((PostPlace(number, row) for row in rows), names, strict=True))


def join_names(joined: tuple[int, Mapping[str, Iterable[Any]]]) -> DecidedUnit:
    """Returns a unit with its decisions and all names that it asked for."""
    _, parts = joined
    ((unit, decisions),) = parts["decisions"]
    return unit, (decisions, {place: name for names in parts["names"] for place, name in names.items()})
