"""Lines that a site repeats from post to post, found from the units' counts and taken out of the staged posts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from apache_beam.transforms.combiners import ToList

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
from pipelines.posts.post import REJECTS_SCHEMA, Block, site_of, text_of
from pipelines.write.atomic import write_json
from pipelines.write.manifest import WORK
from pipelines.write.receipts import fingerprint, is_done

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.dataset.clean_units import CleanSettings, StagedUnit

Lines = dict[str, dict[str, int]]
"""By site, its boilerplate lines and how many posts hold each."""


class DropBoilerplate(beam.PTransform):
    """StagedUnits to (number, name) of staged units whose posts are without their sites' boilerplate."""

    def __init__(self, *, output: str, settings: CleanSettings, drop: bool) -> None:
        super().__init__()
        self.output, self.settings, self.drop = output, settings, drop

    def expand(self, staged: Any) -> Any:
        """All units are counted before the first is looked at again."""
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
    """Where the lines found are kept for stats.json."""
    return f"{output}/{WORK}/boilerplate.json"


def find_lines(units: Iterable[tuple[dict[str, int], list[tuple[str, str, int]]]], *, path: str, drop: bool) -> Lines:
    """The lines that are boilerplate of their site, none if they are not to be dropped; also written to `path`."""
    sites: Counter[str] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    for posts_by_site, lines in units:
        sites.update(posts_by_site)
        for site, line, posts in lines:
            counts[site, line] += posts
    found: Lines = {}
    for (site, line), posts in sorted(counts.items()):
        if drop and is_boilerplate(posts_with_line=posts, posts_of_site=sites[site]):
            found.setdefault(site, {})[line] = posts
    write_json(path, found)
    return found


def drop_lines(unit: StagedUnit, *, lines: Lines, output: str, settings: CleanSettings) -> tuple[int, str]:
    """The unit as it is or, where posts hold lines of their site, staged again without. Safe to repeat."""
    of_sites = {site: sorted(lines[site]) for site in sorted(unit.posts_by_site) if site in lines}
    held = _held(staged_path(output, unit.fingerprint, "posts"), set().union(*of_sites.values()))
    mine = {site: own for site, of_site in of_sites.items() if (own := [line for line in of_site if line in held])}
    if not mine:
        return unit.number, unit.fingerprint
    name = fingerprint([unit.fingerprint, mine])
    if not is_done(receipt_path(output, name), output=output):
        write_json(receipt_path(output, name), _stage_again(unit.fingerprint, name, mine, output, settings))
    return unit.number, name


def _held(path: str, lines: set[str]) -> set[str]:
    """Those of the lines that blocks of a staged file hold; others found later leave the unit as it is."""
    held: set[str] = set()
    if lines:
        wanted = pa.array(sorted(lines), pa.string())
        for batch in read_staged(path):
            texts = batch.column("blocks").flatten().field("text")
            held.update(texts.filter(pc.is_in(texts, value_set=wanted)).to_pylist())
    return held


def _stage_again(
    old: str, new: str, lines: dict[str, list[str]], output: str, settings: CleanSettings
) -> dict[str, Any]:
    removed = 0
    files: list[dict[str, Any]] = []
    keys = {site: {line_key(line) for line in of_site} for site, of_site in lines.items()}
    every = pa.array([line for of_site in lines.values() for line in of_site], pa.string())
    with (
        staged_part(output, new, "posts", staged_schema(settings.bands), files=files) as posts,
        staged_part(output, new, "rejects", REJECTS_SCHEMA, files=files) as rejects,
    ):
        for batch in read_staged(staged_path(output, old, "rejects")):
            rejects.write_table(pa.Table.from_batches([batch]))
        for batch in read_staged(staged_path(output, old, "posts")):
            rows = _rows_with(batch, every)
            table = pa.Table.from_batches([batch])
            if rows:
                before = blocks_of(batch.column("blocks").take(pa.array(rows)))
                after = [
                    without_lines(blocks, keys.get(_site(batch, row), set())) or blocks  # a post is more than nothing
                    for row, blocks in zip(rows, before, strict=True)
                ]
                removed += sum(map(len, before)) - sum(map(len, after))
                table = _replaced(table, dict(zip(rows, after, strict=True)), settings)
            posts.write_table(table)
    return {"files": files, "boilerplate_lines_removed": removed}


def _rows_with(batch: pa.RecordBatch, lines: pa.Array) -> list[int]:
    """The posts that hold one of the lines."""
    blocks = batch.column("blocks")
    held = pc.list_parent_indices(blocks).filter(pc.is_in(blocks.flatten().field("text"), value_set=lines))
    rows: list[int] = pc.unique(held).to_pylist()
    return rows


def _site(batch: pa.RecordBatch, row: int) -> str:
    return site_of(batch.column("source")[row].as_py(), batch.column("position")[row].as_py())


def _replaced(table: pa.Table, changed: dict[int, list[Block]], settings: CleanSettings) -> pa.Table:
    """The table with other blocks, and what follows from them, in the rows that changed."""
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
