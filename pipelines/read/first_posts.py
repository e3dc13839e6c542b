"""The files that hold the first posts of a listing, for a job that is to take so many only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.posts.post import RawPost
from pipelines.read.reader import read_raw_posts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.read.files.input_file import InputFile


def first_posts(files: Iterable[InputFile], *, columns: Mapping[str, str] | None, limit: int) -> Iterator[InputFile]:
    """The files up to the one with the last of the first `limit` posts, of which so much is to be read.

    They are read up to there. Rejects on the way are taken, too, and do not count.
    """
    left = limit
    for file in files:
        for number, item in enumerate(read_raw_posts(file, columns=columns), start=1):
            left -= isinstance(item, RawPost)
            if not left:
                yield replace(file, take=number)
                return
        yield file
