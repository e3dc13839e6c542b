"""Decides which input files a prepare job reads, and logs which it leaves out."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeVar

from pipelines.beam.ask_store import ask_of_each
from pipelines.beam.file_systems import absolute_path
from pipelines.errors import FileError, UserError, as_file_error
from pipelines.posts.post import RawPost
from pipelines.read.content_kinds import SAMPLE_CHARACTERS, SAMPLE_POSTS, kind_of_contents
from pipelines.read.files.inputs import SkippedFile, list_inputs, printable_path
from pipelines.read.files.links import CLOSED_FOLDER, DANGLING, LINKED_FOLDER
from pipelines.read.files.opening import open_input
from pipelines.read.files.source import UnreadableError
from pipelines.read.json_file import may_hold_posts
from pipelines.read.reader import read_raw_posts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipelines.posts.post import Reject
    from pipelines.read.files.input_file import InputFile

_KINDS_NAMED: Final = 3
_UNFOLLOWED: Final = frozenset({LINKED_FOLDER, DANGLING, CLOSED_FOLDER})

log = logging.getLogger("blogvae")

Answer = TypeVar("Answer")


def readable_inputs(
    inputs: Sequence[str], *, columns: Mapping[str, str] | None, output: str, content_kind: str = ""
) -> list[InputFile]:
    """The files to read, without those below the output; a file whose columns cannot be found is marked as refused.

    Each file of records gets a content kind: `content_kind` if that is given, else the kind that its first posts show.

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
    may_be_posts = _of_each(files, lambda file: _may_be_posts(file, inputs))
    of_json = [file for file, may_be in zip(files, may_be_posts, strict=True) if not may_be]
    files = [file for file, may_be in zip(files, may_be_posts, strict=True) if may_be]
    skipped = [file for file in listing.skipped if not _is_within(file.path, output)]
    skipped += [SkippedFile(path=f"{file.path}/{file.member}".rstrip("/"), kind=".json") for file in of_json]
    _log_skipped(skipped)
    files = _of_each(
        files,
        lambda file: _checked(
            replace(file, content_kind=content_kind), columns, named=file.path in inputs and not file.member
        ),
    )
    if not files:
        raise UserError(f"--output {output} holds every file of --input; choose another --output")
    refused = [file.refused for file in files if file.refused]
    if len(refused) == len(files):
        raise UserError(refused[-1])
    if refused:
        log.warning("rejected %s whole, such as %s", _files(len(refused)), refused[0])
    return [_found_anywhere(file) for file in files]


def _of_each(files: Sequence[InputFile], function: Callable[[InputFile], Answer]) -> list[Answer]:
    """Returns function(file) of each file, asking a remote store about many; members of an archive come in turn."""
    stored = [list(files_of_path) for _, files_of_path in groupby(files, attrgetter("path"))]
    remote = any("://" in file.path for file in files)
    answers = ask_of_each(lambda files_of_path: list(map(function, files_of_path)), stored, remote=remote)
    return list(chain.from_iterable(answers))


def _found_anywhere(file: InputFile) -> InputFile:
    """The file with absolute paths, since a worker may have another working folder."""
    return replace(file, path=absolute_path(file.path), beside=tuple(map(_found_anywhere, file.beside)))


def _checked(file: InputFile, columns: Mapping[str, str] | None, *, named: bool) -> InputFile:
    if file.kind == "text":
        return file
    try:
        sample = _sample(read_raw_posts(file, columns=columns))
    except UserError as error:
        if named or isinstance(error, FileError):
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


def _may_be_posts(file: InputFile, inputs: Sequence[str]) -> bool:
    """Whether a file may hold posts; a .json with settings or the like does not, unless the user named it."""
    if file.kind != "json" or file.path in inputs:
        return True
    try:
        with as_file_error(file.path, "read"), open_input(file) as stream:
            return may_hold_posts(stream)
    except UnreadableError:
        return True  # reading it gives the reason


def _log_skipped(skipped: Sequence[SkippedFile]) -> None:
    """Logs one line each for files of other kinds, for files that are no posts, and for links."""
    others = [file for file in skipped if not file.why]
    unfollowed = [file for file in skipped if file.why in _UNFOLLOWED]
    no_posts = [file for file in skipped if file.why and file.why not in _UNFOLLOWED]
    if others:
        log.info("skipped %s of other kinds: %s", _files(len(others)), _kinds_of(others))
    if no_posts:
        log.info("left out %s that are no posts: %s", _files(len(no_posts)), _kinds_of(no_posts))
    if unfollowed:
        log.warning("did not follow: %s; give a linked folder as an --input of its own", _kinds_of(unfollowed))


def _kinds_of(skipped: Sequence[SkippedFile]) -> str:
    counts = Counter(file.why or file.kind or "without suffix" for file in skipped)
    commonest = sorted(counts, key=lambda kind: (-counts[kind], kind))[:_KINDS_NAMED]
    parts = [f"{counts[kind]:,} {kind}" for kind in commonest]
    if others := len(skipped) - sum(counts[kind] for kind in commonest):
        parts.append(f"{others:,} others")
    return f"{', '.join(parts)} (such as {printable_path(skipped[0].path)})"


def _files(count: int) -> str:
    return f"{count:,} file{'s' if count > 1 else ''}"


def _is_within(path: str, folder: str) -> bool:
    """Whether a path is the folder or lies below it, or for a glob, whether all that it matches does."""
    return f"{absolute_path(path.rstrip('/'))}/".startswith(f"{absolute_path(folder)}/")
