"""Reads the texts of a dataset's posts by their ids."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from apache_beam.io.filesystems import FileSystems

from pipelines.beam.ask_store import ask_of_each
from pipelines.errors import UserError, unusable
from pipelines.write.atomic import read_json
from pipelines.write.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Collection


def post_texts(dataset: str, post_ids: Collection[str]) -> dict[str, str]:
    """Returns the text of each post by its id. Only the row groups that contain these posts are read.

    Raises:
        UserError: the dataset does not exist or is broken, or a post is not in it.
    """
    places = _places(dataset)
    missing = [post_id for post_id in post_ids if post_id not in places]
    if missing:
        raise UserError(f"{dataset} has no post {missing[0]!r}: it is not the dataset that was varied")
    texts: dict[str, str] = {}
    for path, group in sorted({places[post_id] for post_id in post_ids}):
        with FileSystems.open(path) as file:
            rows = pq.ParquetFile(file).read_row_group(group, columns=["post_id", "text"], use_threads=False)
        texts |= zip(rows["post_id"].to_pylist(), rows["text"].to_pylist(), strict=True)
    return {post_id: texts[post_id] for post_id in post_ids}


@cache
def _places(dataset: str) -> dict[str, tuple[str, int]]:
    """Returns the file and row group of every post by its id."""
    try:
        files = read_json(f"{dataset}/{MANIFEST}")["files"]
        paths = [f"{dataset}/{file['path']}" for file in files if file["path"].startswith("posts/")]
        ids_of_files = ask_of_each(_ids_by_group, paths, remote="://" in dataset)
    except (OSError, ValueError) as error:
        raise unusable(f"{dataset}: the posts that the rules compare with cannot be read: {error}", error) from error
    places: dict[str, tuple[str, int]] = {}
    for path, groups in zip(paths, ids_of_files, strict=True):
        for group, ids in enumerate(groups):
            places |= dict.fromkeys(ids, (path, group))
    return places


def _ids_by_group(path: str) -> list[list[str]]:
    """Returns the ids of the posts in each row group of a posts file."""
    with FileSystems.open(path) as stream:
        file = pq.ParquetFile(stream)
        columns = [
            file.read_row_group(group, columns=["post_id"], use_threads=False)["post_id"]
            for group in range(file.num_row_groups)
        ]
    return [column.to_pylist() for column in columns]
