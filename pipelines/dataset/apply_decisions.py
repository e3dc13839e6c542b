"""Applies the decisions about duplicates, ids and splits to the rows of a staged unit."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from pipelines.dataset.staged_posts import blocks_of
from pipelines.posts.post import EXCERPT_CHARACTERS, Reject, text_of
from pipelines.posts.schemas import POSTS_SCHEMA
from pipelines.posts.split import id_key, split_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.dedup.decisions import Decisions
    from pipelines.dedup.keys import PostPlace
    from pipelines.posts.post import Block

DUPLICATES = pa.schema(
    [
        pa.field("post_id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("position", pa.int64()),
        pa.field("representative", pa.string()),
        pa.field("cluster_size", pa.int32()),
    ]
)
"""Columns of duplicates/: a near duplicate, and the post that represents it, written source#position as in rejects/."""


@dataclass(frozen=True, kw_only=True)
class Applied:
    """The result for one batch of staged rows.

    posts: the posts that stay, in POSTS_SCHEMA; blocks, positions: those of each of these posts;
    rejects: rows of rejects/; listed: rows of duplicates/.
    """

    posts: pa.Table
    blocks: list[list[Block]]
    positions: list[int]
    rejects: list[dict[str, Any]]
    listed: list[dict[str, Any]]


class Decided:
    """The Decisions of one unit, looked up by row. `names` gives source#position of each post that they point to."""

    def __init__(self, decisions: Decisions, *, drop_near: bool, names: Mapping[PostPlace, str]) -> None:
        self._decisions, self._drop_near, self._names = decisions, drop_near, names
        self._exact = {duplicate.row: duplicate.first for duplicate in decisions.exact}
        self._near = {duplicate.row: duplicate for duplicate in decisions.near}
        self._splits = dict(decisions.splits)
        self._renamed = set(decisions.renamed)

    def facts(self) -> list[Any]:
        """Returns all decisions as plain data, with names in place of places."""
        decisions = self._decisions
        return [
            [(duplicate.row, self._names[duplicate.first]) for duplicate in decisions.exact],
            [(duplicate.row, self._names[duplicate.representative], duplicate.size) for duplicate in decisions.near],
            decisions.clusters,
            decisions.renamed,
            decisions.splits,
        ]

    def counts(self) -> dict[str, int]:
        """Returns the numbers of exact and near duplicates, of clusters, and of straddling posts."""
        decisions = self._decisions
        return {
            "exact": len(decisions.exact),
            "near": len(decisions.near),
            "clusters": len(decisions.clusters),
            "straddling": sum(cluster.straddling for cluster in decisions.clusters),
        }

    def largest(self) -> int:
        """Returns the size of the largest cluster whose representative is in this unit, 0 without one."""
        return max((cluster.size for cluster in self._decisions.clusters), default=0)

    def apply(self, staged: pa.Table, *, first_row: int, seed: int) -> Applied:
        """Applies the decisions to a batch of staged rows, the first of which is row `first_row` of the unit."""
        rows = range(first_row, first_row + len(staged))
        dropped = [row for row in rows if row in self._exact or (self._drop_near and row in self._near)]
        gone = set(dropped)
        kept = [row for row in rows if row not in gone]
        taken = staged.take(pa.array(np.array(kept, np.int64) - first_row))
        listed = [] if self._drop_near else [row for row in rows if row in self._near]
        blocks = blocks_of(taken.column("blocks").combine_chunks())
        return Applied(
            posts=self._posts(taken, blocks, kept, seed),
            blocks=blocks,
            positions=taken.column("position").to_pylist(),
            rejects=self._rejects(dropped, staged.take(pa.array(np.array(dropped, np.int64) - first_row))),
            listed=[self._listed(row, staged.slice(row - first_row, 1)) for row in listed],
        )

    def _posts(self, table: pa.Table, blocks: list[list[Block]], rows: list[int], seed: int) -> pa.Table:
        ids = table.column("post_id").to_pylist()
        splits = [
            self._splits.get(row) or split_of(id_key(post_id), seed=seed)
            for row, post_id in zip(rows, ids, strict=True)
        ]
        for index, row in enumerate(rows):
            if row in self._renamed:
                place = f"{table.column('source')[index].as_py()}#{table.column('position')[index].as_py()}"
                ids[index] = f"{ids[index]}~{hashlib.sha256(place.encode()).hexdigest()[:8]}"
        texts = [text_of(blocks_of_post) for blocks_of_post in blocks]
        changed = {
            name: pa.array(values, pa.string())
            for name, values in (("post_id", ids), ("split", splits), ("text", texts))
        }
        columns = [changed[name] if name in changed else table.column(name) for name in POSTS_SCHEMA.names]
        return pa.table(columns, schema=POSTS_SCHEMA)

    def _rejects(self, rows: list[int], posts: pa.Table) -> list[dict[str, Any]]:
        places = (posts.column(name).to_pylist() for name in ("source", "position", "post_id"))
        all_blocks = blocks_of(posts.column("blocks").combine_chunks())
        rejects = []
        for row, source, position, post_id, blocks in zip(rows, *places, all_blocks, strict=True):
            exact = row in self._exact
            reject = Reject(
                source=source,
                position=position,
                post_id=post_id,
                stage="dedup",
                reason="exact duplicate" if exact else "near duplicate",
                value=self._names[self._exact[row] if exact else self._near[row].representative],
                excerpt=text_of(blocks)[:EXCERPT_CHARACTERS],
            )
            rejects.append(asdict(reject))
        return rejects

    def _listed(self, row: int, post: pa.Table) -> dict[str, Any]:
        return {
            "post_id": post.column("post_id")[0].as_py(),
            "source": post.column("source")[0].as_py(),
            "position": post.column("position")[0].as_py(),
            "representative": self._names[self._near[row].representative],
            "cluster_size": self._near[row].size,
        }
