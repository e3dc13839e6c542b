"""Gathers a collection into one list, with fewer steps than Beam's own ToList."""

from __future__ import annotations

from typing import Any

import apache_beam as beam


class ToList(beam.PTransform):
    """Turns a collection into one element, the list of its elements in any order; an empty one into an empty list.

    Beam's ToList is a combiner of fourteen steps. The local runner spends two hundredths of a second on each such list
    before it does any work, so here the list is the side input of a single step.
    """

    def expand(self, rows: Any) -> Any:
        """Returns a collection of one list."""
        return rows.pipeline | beam.Impulse() | beam.Map(_second, beam.pvalue.AsList(rows))


def _second(_impulse: bytes, rows: list[Any]) -> list[Any]:
    return rows
