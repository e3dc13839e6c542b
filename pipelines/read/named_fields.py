from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.read.publication import normalised
from pipelines.read.record import find_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def find_named_fields(names: Sequence[str], *, columns: Mapping[str, str] | None) -> dict[str, int]:
    """The index of each field's column: the one asked for by its name or number (from 1), else one of a usual name."""
    places = {normalised(name): place for place, name in reversed(list(enumerate(names)))}
    asked: dict[str, int] = {}
    for field, column in (columns or {}).items():
        if normalised(column) in places:
            asked[field] = places[normalised(column)]
        elif column.isdecimal() and int(column) <= len(names):
            asked[field] = int(column) - 1
    free = ["" if place in asked.values() else name for place, name in enumerate(names)]
    return find_fields(free) | asked
