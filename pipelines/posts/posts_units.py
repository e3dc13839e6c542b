"""The posts of a dataset in units of work, as augment and encode take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.write.atomic import read_json
from pipelines.write.manifest import MANIFEST
from pipelines.write.receipts import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, kw_only=True)
class PostsUnit:
    """A row group of a posts file, or the first `take` of its rows that are in `split` (None: in any)."""

    fingerprint: str
    path: str
    group: int
    take: int
    split: str | None = None


def plan_posts(
    dataset: str, *, facts: Sequence[Any], limit: int | None, split: str | None = None
) -> Iterator[PostsUnit]:
    """Row groups of the dataset's posts files, in the manifest's order, up to `limit` posts.

    Args:
        dataset: the folder.
        facts: what the outcome follows from beside the posts; fingerprints follow from them, too.
        limit: posts in all; None: all there are.
        split: of which posts are taken.

    Raises:
        UserError: there is no dataset, or a file is not the manifest's.
    """
    try:
        manifest = read_json(f"{dataset}/{MANIFEST}")
    except (OSError, ValueError) as error:
        raise UserError(f"{dataset} holds no dataset: run `blogvae prepare` to its end") from error
    left = limit
    for file in manifest["files"]:
        if not file["path"].startswith("posts/"):
            continue
        path = f"{dataset}/{file['path']}"
        for group, rows in enumerate(_group_rows(path, split)):
            take = rows if left is None else min(left, rows)
            if take:
                name = fingerprint([*facts, file["sha256"], group, take])
                yield PostsUnit(fingerprint=name, path=path, group=group, take=take, split=split)
            left = None if left is None else left - take


def read_posts(unit: PostsUnit) -> list[dict[str, Any]]:
    """The unit's posts, as rows of posts/."""
    with FileSystems.open(unit.path) as file:
        posts: list[dict[str, Any]] = pq.ParquetFile(file).read_row_group(unit.group, use_threads=False).to_pylist()
    return [post for post in posts if unit.split in {None, post["split"]}][: unit.take]


def _group_rows(path: str, split: str | None) -> list[int]:
    """How many rows of each row group are in the split."""
    try:
        with FileSystems.open(path) as stream:
            file = pq.ParquetFile(stream)
            groups = range(file.num_row_groups)
            if split is None:
                return [file.metadata.row_group(group).num_rows for group in groups]
            columns = [file.read_row_group(group, columns=["split"])["split"] for group in groups]
            return [pc.sum(pc.equal(column, split)).as_py() or 0 for column in columns]
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is missing or broken; run prepare again") from error
