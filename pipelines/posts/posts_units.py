"""Divides the posts of a dataset into units of work for augment and encode."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pyarrow.compute as pc
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.beam.ask_store import REQUESTS, ask_of_each
from pipelines.errors import UserError, unusable
from pipelines.write.atomic import read_json
from pipelines.write.manifest import MANIFEST
from pipelines.write.receipts import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FILES_AT_ONCE: Final = 4 * REQUESTS
"""Posts files whose footers are read before the limit is looked at again."""


@dataclass(frozen=True, kw_only=True)
class PostsUnit:
    """The first `take` posts of a row group of a posts file that are in `split`, or in any split if that is None.

    `number` is the unit's place in the plan, from 0.
    """

    number: int
    fingerprint: str
    path: str
    group: int
    take: int
    split: str | None = None

    @classmethod
    def of_json(cls, facts: Mapping[str, Any]) -> PostsUnit:
        """Returns the unit of which `asdict` and JSON made these facts."""
        return cls(**facts)


def plan_posts(
    dataset: str, *, facts: Sequence[Any], limit: int | None, split: str | None = None
) -> Iterator[PostsUnit]:
    """Yields units of the dataset's posts in the manifest's order, one for each row group.

    Args:
        dataset: the dataset folder.
        facts: all that decides the result besides the posts; the units' fingerprints depend on it.
        limit: the most posts in all units together, None for all posts.
        split: the split whose posts to take, None for all splits.

    Raises:
        UserError: there is no dataset, or a posts file is missing or broken.
    """
    try:
        manifest = read_json(f"{dataset}/{MANIFEST}")
    except (FileNotFoundError, ValueError) as error:
        raise UserError(f"{dataset} holds no dataset: run `blogvae prepare` to its end") from error
    remaining, number = limit, 0
    files = [file for file in manifest["files"] if file["path"].startswith("posts/")]
    for batch in (files[start : start + _FILES_AT_ONCE] for start in range(0, len(files), _FILES_AT_ONCE)):
        paths = [f"{dataset}/{file['path']}" for file in batch]
        groups = ask_of_each(partial(_group_rows, split=split), paths, remote="://" in dataset)
        for file, path, rows_of_groups in zip(batch, paths, groups, strict=True):
            for group, rows in enumerate(rows_of_groups):
                take = rows if remaining is None else min(remaining, rows)
                if take:
                    name = fingerprint([*facts, file["sha256"], group, take])
                    yield PostsUnit(number=number, fingerprint=name, path=path, group=group, take=take, split=split)
                    number += 1
                remaining = None if remaining is None else remaining - take
        if remaining == 0:
            return


def read_posts(unit: PostsUnit) -> list[dict[str, Any]]:
    """Reads the unit's posts as rows of posts/."""
    with FileSystems.open(unit.path) as file:
        posts: list[dict[str, Any]] = pq.ParquetFile(file).read_row_group(unit.group, use_threads=False).to_pylist()
    return [post for post in posts if unit.split in {None, post["split"]}][: unit.take]


def _group_rows(path: str, split: str | None) -> list[int]:
    """Returns how many rows of each row group are in the split, or all if it is None."""
    try:
        with FileSystems.open(path) as stream:
            file = pq.ParquetFile(stream)
            groups = range(file.num_row_groups)
            if split is None:
                return [file.metadata.row_group(group).num_rows for group in groups]
            columns = [file.read_row_group(group, columns=["split"], use_threads=False)["split"] for group in groups]
            return [pc.sum(pc.equal(column, split)).as_py() or 0 for column in columns]
    except (OSError, ValueError) as error:
        raise unusable(f"{path} is missing or broken; run prepare again", error) from error
