"""Which files a prepare job reads, and what is said of the others."""

from __future__ import annotations

import logging
import os.path
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from pipelines.errors import UserError
from pipelines.posts import RawPost
from pipelines.read.content_kinds import SAMPLE_CHARACTERS, SAMPLE_POSTS, kind_of_contents
from pipelines.read.inputs import list_inputs
from pipelines.read.reader import read_posts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.posts import Reject
    from pipelines.read.inputs import InputFile, SkippedFile

_KINDS_TOLD: Final = 3

log = logging.getLogger("blogvae")


def readable_inputs(
    inputs: Sequence[str], *, columns: Mapping[str, str] | None, output: str, content_kind: str = ""
) -> list[InputFile]:
    """The files to read, without those below the output; one whose columns cannot be found is there as refused.

    A file of records is told what its contents are written in: by its first posts, or as `content_kind` says of all.

    Raises:
        UserError: an input lies in the output, the columns of a file named by itself cannot be found, or nothing is
            left.
    """
    for pattern in inputs:
        if _is_within(pattern, output):
            raise UserError(f"--input {pattern} lies in --output {output}; choose another --output")
    listing = list_inputs(inputs)
    files = [file for file in listing.files if not _is_within(file.path, output)]
    if left_out := len(listing.files) - len(files):
        log.info("left out %s in --output %s", _files(left_out), output)
    if skipped := [file for file in listing.skipped if not _is_within(file.path, output)]:
        log.info("%s", _told(skipped))
    files = [
        _checked(replace(file, content_kind=content_kind), columns, named=file.path in inputs and not file.member)
        for file in files
    ]
    if not files:
        raise UserError(f"--output {output} holds every file of --input; choose another --output")
    refused = [file.refused for file in files if file.refused]
    if len(refused) == len(files):
        raise UserError(refused[-1])
    if refused:
        log.warning("rejected %s whole, such as %s", _files(len(refused)), refused[0])
    return files


def _checked(file: InputFile, columns: Mapping[str, str] | None, *, named: bool) -> InputFile:
    if file.kind == "text":
        return file
    try:
        sample = _sample(read_posts(file, columns=columns))
    except UserError as error:
        if named:
            raise
        return replace(file, refused=str(error))
    untold = [post.content for post in sample if not post.content_kind]
    return replace(file, content_kind=kind_of_contents(untold)) if untold and not file.content_kind else file


def _sample(items: Iterator[RawPost | Reject]) -> list[RawPost]:
    """The posts among the first items."""
    posts: list[RawPost] = []
    characters = 0
    for item in islice(items, SAMPLE_POSTS):
        if isinstance(item, RawPost):
            posts.append(item)
            characters += len(item.content)
            if characters > SAMPLE_CHARACTERS:
                break
    return posts


def _told(skipped: Sequence[SkippedFile]) -> str:
    """One line for all of them."""
    counts = Counter(file.kind or "without suffix" for file in skipped)
    commonest = sorted(counts, key=lambda kind: (-counts[kind], kind))[:_KINDS_TOLD]
    told = [f"{counts[kind]:,} {kind}" for kind in commonest]
    if others := len(skipped) - sum(counts[kind] for kind in commonest):
        told.append(f"{others:,} others")
    return f"skipped {_files(len(skipped))} of other kinds: {', '.join(told)} (such as {skipped[0].path})"


def _files(count: int) -> str:
    return f"{count:,} file{'s' if count > 1 else ''}"


def _is_within(path: str, folder: str) -> bool:
    """Whether a path is the folder or lies below it; a glob, if all that it matches does."""
    return f"{_absolute(path)}/".startswith(f"{_absolute(folder)}/")


def _absolute(path: str) -> str:
    return path.rstrip("/") if "://" in path else os.path.abspath(path)  # noqa: PTH100 - Path keeps `..`
