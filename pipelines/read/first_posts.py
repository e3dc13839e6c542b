"""Limits a job to the first posts of its input files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.posts.post import RawPost
from pipelines.read.reader import read_raw_posts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.read.files.input_file import InputFile


def first_posts(files: Iterable[InputFile], *, columns: Mapping[str, str] | None, limit: int) -> Iterator[InputFile]:
    """The files that hold the first `limit` posts; `take` of the last one says how much of it is to be read.

    The files are read up to there to count their posts. Rejects on the way are taken, too, but not counted.
    """
    left = limit
    for file in files:
        for number, item in enumerate(read_raw_posts(file, columns=columns), start=1):
            left -= isinstance(item, RawPost)
            if not left:
                yield replace(file, take=number)
                return
        yield file
