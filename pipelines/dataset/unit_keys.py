"""The keys of a staged unit's posts, by which duplicates are found."""

from __future__ import annotations

from pipelines.dataset.staged import read_columns, staged_path
from pipelines.dedup.keys import UnitKeys


def unit_keys(unit: tuple[int, str], *, output: str) -> UnitKeys:
    """Of (number, name)."""
    number, name = unit
    table = read_columns(staged_path(output, name, "posts"), ["date", "content_sha256", "post_id", "bands"])
    bands = table.column("bands").combine_chunks()
    dates, contents, ids = (table.column(column).to_pylist() for column in ("date", "content_sha256", "post_id"))
    return UnitKeys.of(
        unit=name,
        number=number,
        dates=dates,
        contents=contents,
        ids=ids,
        bands=bands.flatten().to_numpy().reshape(-1, bands.type.list_size),
    )
