from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final

from pipelines.errors import as_file_error
from pipelines.posts.post import RawPost, Reject
from pipelines.read.charsets.translated import as_utf8
from pipelines.read.csv.file import read_csv_file
from pipelines.read.csv.parts import CsvPart, csv_parts, read_csv_part
from pipelines.read.files.file_kinds import SUBSTACK
from pipelines.read.files.opening import open_input
from pipelines.read.files.source import UnreadableError
from pipelines.read.json_file import read_json_file
from pipelines.read.jsonl_file import JsonlPart, cut_jsonl_file, read_jsonl_file
from pipelines.read.parquet_file import ParquetPart, cut_parquet_file, read_parquet_file
from pipelines.read.platforms.substack_export import read_substack_export
from pipelines.read.platforms.wxr_file import read_wxr_file
from pipelines.read.text_file import read_text_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.read.files.input_file import InputFile

Part = CsvPart | JsonlPart | ParquetPart

CUT_KINDS: Final = frozenset({"csv", "jsonl", "parquet"})
"""The kinds of files that `cut_file` cuts, if they are neither compressed nor in an archive."""

TEXT_FILE_LIMIT: Final = 1 << 26
"""The most bytes of a text file that is read, since it is held whole."""

NO_CONTENT: Final = "no content column"


def read_raw_posts(
    file: InputFile, *, columns: Mapping[str, str] | None, part: Part | None = None
) -> Iterator[RawPost | Reject]:
    """Reads the posts of one file, or of a part that `cut_file` gave, whatever kind the file is of.

    A file that is refused or damaged gives a reject. Posts before the damage are kept, except the last, which may be
    incomplete; the reject takes its place.

    Raises:
        UserError: the file's columns are not as asked for.
        FileError: the file cannot be opened, or reading broke off; a retry may succeed.
    """
    with as_file_error(file.path, "read"):
        yield from islice(_read_posts(file, columns=columns, part=part), file.take)


def _read_posts(file: InputFile, *, columns: Mapping[str, str] | None, part: Part | None) -> Iterator[RawPost | Reject]:
    if file.kind == "text":
        yield _read_text(file)
        return
    if file.refused:
        reason = NO_CONTENT if NO_CONTENT in file.refused else "columns not found"
        yield _reject(file, reason, value=file.refused)
        return
    last: RawPost | Reject | None = None
    try:
        with open_input(file) as stream:
            for item in _read(stream, file, columns=columns, part=part):
                if last:
                    yield last
                last = item
    except UnreadableError as error:
        position = last.position if last else 0
        last = _reject(file, "damaged file" if position else "unreadable", position=position, value=error)
    if last:
        yield last


def cut_file(file: InputFile, *, columns: Mapping[str, str] | None, part_bytes: int) -> Sequence[Part]:
    """Cuts a file between records into parts of about `part_bytes`, which together hold all its posts.

    The `sha256` of a part follows from the bytes it reads and its first position. No parts come of a file that is no
    larger, compressed, not read to its end, in another charset than UTF-8, or of a kind that is read from start to end.

    Raises:
        UserError: as in `read_raw_posts`.
        FileError: reading broke off.
    """
    if file.kind not in CUT_KINDS or file.compression or file.member or file.size <= part_bytes:
        return []
    if file.refused or file.take is not None:
        return []  # reading it tells why; the first posts alone are few
    try:
        with as_file_error(file.path, "read"), open_input(file) as stream:
            return _cut(stream, file, columns=columns, part_bytes=part_bytes)
    except UnreadableError:
        return []  # reading it tells why


def _cut(stream: BinaryIO, file: InputFile, *, columns: Mapping[str, str] | None, part_bytes: int) -> Sequence[Part]:
    if file.kind == "parquet":
        return cut_parquet_file(stream, part_bytes=part_bytes)
    translated = as_utf8(stream)
    if translated.charset:
        return []
    if file.kind == "csv":
        return csv_parts(translated.stream, source=file.name, columns=columns, part_bytes=part_bytes)
    return cut_jsonl_file(translated.stream, part_bytes=part_bytes)


def _read(
    stream: BinaryIO, file: InputFile, *, columns: Mapping[str, str] | None, part: Part | None
) -> Iterator[RawPost | Reject]:
    source = file.name
    if isinstance(part, CsvPart):
        return read_csv_part(stream, part, source=source, content_kind=file.content_kind)
    if isinstance(part, JsonlPart):
        return read_jsonl_file(stream, source=source, columns=columns, part=part)
    return _read_whole(stream, file, columns=columns, part=part)


def _read_whole(
    stream: BinaryIO, file: InputFile, *, columns: Mapping[str, str] | None, part: ParquetPart | None
) -> Iterator[RawPost | Reject]:
    source = file.name
    if file.kind in {"csv", "jsonl"}:
        return _read_lines(stream, file, columns=columns)
    if file.kind == "parquet":
        return read_parquet_file(stream, source=source, columns=columns, part=part)
    if file.kind == SUBSTACK:
        return read_substack_export(stream, file)
    if file.kind == "json":
        return read_json_file(stream, source=source, columns=columns)
    return read_wxr_file(stream, source=source)


def _read_lines(stream: BinaryIO, file: InputFile, *, columns: Mapping[str, str] | None) -> Iterator[RawPost | Reject]:
    translated, charset = as_utf8(stream)
    read = read_csv_file if file.kind == "csv" else read_jsonl_file
    for item in read(translated, source=file.name, columns=columns):
        yield replace(item, charset=charset) if charset and isinstance(item, RawPost) else item


def _read_text(file: InputFile) -> RawPost | Reject:
    too_long = _reject(file, "file too long", value=file.size, threshold=str(TEXT_FILE_LIMIT))
    if file.size > TEXT_FILE_LIMIT:
        return too_long
    try:
        with open_input(file) as stream:
            data = stream.read(TEXT_FILE_LIMIT + 1 if file.compression else -1)
        if len(data) > TEXT_FILE_LIMIT:
            return too_long
        return read_text_file(data, source=file.name, content_kind=file.content_kind)
    except UnreadableError as error:
        return _reject(file, "unreadable", value=error)


def _reject(file: InputFile, reason: str, *, value: object, position: int = 0, threshold: str = "") -> Reject:
    return Reject(
        source=file.name, position=position, stage="read", reason=reason, value=str(value), threshold=threshold
    )
