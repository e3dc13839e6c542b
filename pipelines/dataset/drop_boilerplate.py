"""Finds the lines that a site repeats from post to post, and takes them out of the staged posts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.beam.to_list import ToList
from pipelines.clean.boilerplate import is_boilerplate, line_key, without_lines
from pipelines.dataset.staged_posts import (
    bands_array,
    blocks_array,
    blocks_of,
    content_sha256,
    read_staged,
    receipt_path,
    staged_part,
    staged_path,
    staged_schema,
)
from pipelines.dedup.minhash import band_hashes
from pipelines.posts.post import Block, site_of, text_of
from pipelines.posts.schemas import REJECTS_SCHEMA
from pipelines.write.atomic import read_json, write_json
from pipelines.write.manifest import WORK
from pipelines.write.receipts import fingerprint, is_done

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.dataset.clean_units import CleanSettings, StagedUnit

Lines = dict[str, dict[str, int]]
"""For each site, its boilerplate lines and how many posts contain each."""


class DropBoilerplate(beam.PTransform):
    """Turns StagedUnits into (number, name, lines removed) of units staged without their site's boilerplate."""

    def __init__(self, *, output: str, settings: CleanSettings, drop: bool) -> None:
        super().__init__()
        self.output, self.settings, self.drop = output, settings, drop

    def expand(self, staged: Any) -> Any:
        """Gathers the counts of all units, then takes the lines out of each unit."""
        lines = (
            staged
            | "LinesOf" >> beam.Map(lambda unit: (unit.posts_by_site, unit.lines))
            | "AllLines" >> ToList()
            | "FindLines" >> beam.Map(find_lines, path=lines_path(self.output), drop=self.drop)
        )
        return staged | "DropLines" >> beam.Map(
            drop_lines, lines=beam.pvalue.AsSingleton(lines), output=self.output, settings=self.settings
        )


def lines_path(output: str) -> str:
    """Returns the path of the file that keeps the boilerplate lines for stats.json."""
    return f"{output}/{WORK}/boilerplate.json"


def find_lines(units: Iterable[tuple[dict[str, int], list[tuple[str, str, int]]]], *, path: str, drop: bool) -> Lines:
    """Returns the boilerplate lines of each site, none unless `drop`, and writes them to `path`.

    Args:
        units: the `posts_by_site` and `lines` of each StagedUnit.
        path: the file to write.
        drop: whether boilerplate is dropped in this run.
    """
    sites: Counter[str] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    for posts_by_site, lines in units:
        sites.update(posts_by_site)
        for site, line, posts in lines:
            counts[site, line] += posts
    boilerplate: Lines = {}
    for (site, line), posts in sorted(counts.items()):
        if drop and is_boilerplate(posts_with_line=posts, posts_of_site=sites[site]):
            boilerplate.setdefault(site, {})[line] = posts
    write_json(path, boilerplate)
    return boilerplate


def drop_lines(unit: StagedUnit, *, lines: Lines, output: str, settings: CleanSettings) -> tuple[int, str, int]:
    """Stages the unit again without the lines of its sites, and returns (number, name, lines removed).

    A unit whose posts contain none of the lines keeps its name. A repeated call writes the same files.
    """
    by_site = {site: sorted(lines[site]) for site in sorted(unit.posts_by_site) if site in lines}
    present = _present_lines(staged_path(output, unit.fingerprint, "posts"), set().union(*by_site.values()))
    in_unit = {site: [line for line in of_site if line in present] for site, of_site in by_site.items()}
    to_drop = {site: of_site for site, of_site in in_unit.items() if of_site}
    if not to_drop:
        return unit.number, unit.fingerprint, 0
    name = fingerprint([unit.fingerprint, to_drop])
    path = receipt_path(output, name)
    if not is_done(path, output=output):
        write_json(path, _stage_again(unit.fingerprint, name, to_drop, output, settings))
    return unit.number, name, read_json(path)["boilerplate_lines_removed"]


def _present_lines(path: str, lines: set[str]) -> set[str]:
    """Returns those of the lines that are blocks of a staged file.

    The unit's name follows from these alone, so that a line found in other units leaves this unit as it is.
    """
    present: set[str] = set()
    if lines:
        wanted = pa.array(sorted(lines), pa.string())
        for batch in read_staged(path):
            texts = batch.column("blocks").flatten().field("text")
            present.update(texts.filter(pc.is_in(texts, value_set=wanted)).to_pylist())
    return present


def _stage_again(
    old: str, new: str, lines: dict[str, list[str]], output: str, settings: CleanSettings
) -> dict[str, Any]:
    """Copies the staged unit `old` to `new` without the lines, and returns the receipt of `new`."""
    removed = 0
    files: list[dict[str, Any]] = []
    keys = {site: {line_key(line) for line in of_site} for site, of_site in lines.items()}
    all_lines = pa.array([line for of_site in lines.values() for line in of_site], pa.string())
    with (
        staged_part(output, new, "posts", staged_schema(settings.bands), files=files) as posts,
        staged_part(output, new, "rejects", REJECTS_SCHEMA, files=files) as rejects,
    ):
        for batch in read_staged(staged_path(output, old, "rejects")):
            rejects.write_table(pa.Table.from_batches([batch]))
        for batch in read_staged(staged_path(output, old, "posts")):
            rows = _rows_with(batch, all_lines)
            table = pa.Table.from_batches([batch])
            if rows:
                before = blocks_of(batch.column("blocks").take(pa.array(rows)))
                after = [
                    without_lines(blocks, keys.get(_site(batch, row), set())) or blocks  # a post is never emptied
                    for row, blocks in zip(rows, before, strict=True)
                ]
                removed += sum(map(len, before)) - sum(map(len, after))
                table = _replaced(table, dict(zip(rows, after, strict=True)), settings)
            posts.write_table(table)
    return {"files": files, "boilerplate_lines_removed": removed}


def _rows_with(batch: pa.RecordBatch, lines: pa.Array) -> list[int]:
    """Returns the rows of the posts that contain one of the lines."""
    blocks = batch.column("blocks")
    parents = pc.list_parent_indices(blocks).filter(pc.is_in(blocks.flatten().field("text"), value_set=lines))
    rows: list[int] = pc.unique(parents).to_pylist()
    return rows


def _site(batch: pa.RecordBatch, row: int) -> str:
    return site_of(batch.column("source")[row].as_py(), batch.column("position")[row].as_py())


def _replaced(table: pa.Table, changed: dict[int, list[Block]], settings: CleanSettings) -> pa.Table:
    """Returns the table with the changed blocks of each row in `changed`, and with their hash and bands."""
    texts = {row: text_of(blocks) for row, blocks in changed.items()}
    bands = band_hashes(list(texts.values()), bands=settings.bands, rows=settings.rows)
    new = {
        "content_sha256": pa.array([content_sha256(text) for text in texts.values()], pa.string()),
        "blocks": blocks_array(list(changed.values())),
        "bands": bands_array(bands),
    }
    order = np.arange(len(table))
    order[list(changed)] = len(table) + np.arange(len(changed))
    columns = [
        pa.concat_arrays([*table.column(name).chunks, new[name]]).take(pa.array(order))
        if name in new
        else table.column(name)
        for name in table.schema.names
    ]
    return pa.table(columns, schema=table.schema)
