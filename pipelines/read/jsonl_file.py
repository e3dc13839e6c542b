from __future__ import annotations

import codecs
import hashlib
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from pipelines.posts.post import EXCERPT_CHARACTERS, HTML, RawPost, Reject
from pipelines.read.charsets.decoding import UTF16_MARKS, decode_utf8, has_undecodable, printable
from pipelines.read.content_kinds import kind_of_column
from pipelines.read.fields.cells import cell_of
from pipelines.read.fields.record import find_named_fields, post_of
from pipelines.read.platforms.npf import html_of_npf, is_npf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LINE_LIMIT: Final = 1 << 24
"""The most bytes of a line that is read; it bounds the memory of a reader."""


@dataclass(frozen=True, kw_only=True)
class JsonlPart:
    """A run of whole lines: `size` bytes from `offset` on; its first record has the position `first`."""

    offset: int
    size: int
    first: int
    records: int
    sha256: str


def read_jsonl_file(
    stream: BinaryIO, *, source: str, columns: Mapping[str, str] | None, part: JsonlPart | None = None
) -> Iterator[RawPost | Reject]:
    """Reads a file with one JSON object a line and yields a post or a reject for every line that is not blank.

    Args:
        stream: the file at its start; for a part, a stream that can seek.
        source: the file's path relative to its input, with '/'.
        columns: keys by field, over the usual ones.
        part: the lines to read, all if None.
    """
    if part:
        stream.seek(part.offset)
    position = part.first if part else 1
    consumed = 0
    for line, size in _lines(stream):
        if not part and not consumed and line.startswith(UTF16_MARKS):
            yield Reject(source=source, position=0, stage="read", reason="not UTF-8", value="UTF-16")
            return
        if line.strip():
            yield _read_line(line, size=size, source=source, position=position, columns=columns)
            position += 1
        consumed += size
        if part and consumed == part.size:
            return


def cut_jsonl_file(stream: BinaryIO, *, part_bytes: int) -> list[JsonlPart]:
    """Cuts a file into parts of whole lines, all but the last of at least `part_bytes`; UTF-16 is not read, nor cut."""
    if stream.read(2) in UTF16_MARKS:
        return []
    stream.seek(0)
    lines = _lines(stream)
    parts: list[JsonlPart] = []
    offset, first = 0, 1
    while (part := _next_part(lines, offset=offset, first=first, part_bytes=part_bytes)).size:
        parts.append(part)
        offset, first = offset + part.size, first + part.records
    return parts


def _next_part(lines: Iterator[tuple[bytes, int]], *, offset: int, first: int, part_bytes: int) -> JsonlPart:
    digest = hashlib.sha256()
    size = records = 0
    for line, length in lines:
        digest.update(line)
        size += length
        records += bool(line.strip())
        if size >= part_bytes:
            break
    digest.update(b"%d %d" % (first, size))
    return JsonlPart(offset=offset, size=size, first=first, records=records, sha256=digest.hexdigest())


def _lines(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """The lines, each with its size in bytes; of a line beyond the limit only the begin is held."""
    while line := stream.readline(LINE_LIMIT + 1):
        size = len(line)
        end = line
        while len(end) > LINE_LIMIT and not end.endswith(b"\n"):
            end = stream.readline(LINE_LIMIT + 1)
            size += len(end)
        yield line, size


def _read_line(
    line: bytes, *, size: int, source: str, position: int, columns: Mapping[str, str] | None
) -> RawPost | Reject:
    text = decode_utf8(line.removeprefix(codecs.BOM_UTF8).replace(b"\0", b""))

    def reject(reason: str, *, value: str = "", threshold: str = "") -> Reject:
        return Reject(
            source=source,
            position=position,
            stage="read",
            reason=reason,
            value=value,
            threshold=threshold,
            excerpt=printable(text[:EXCERPT_CHARACTERS]).strip(),
        )

    if size > LINE_LIMIT:
        return reject("line too long", value=str(size), threshold=str(LINE_LIMIT))
    if has_undecodable(text):
        return reject("undecodable bytes")
    try:
        record = json.loads(text.rstrip(), strict=False)
    except (ValueError, RecursionError) as error:
        return reject("not JSON", value=str(error))
    if not isinstance(record, dict):
        return reject("not a JSON object")
    post = read_object(record, source=source, position=position, columns=columns)
    return replace(post, excerpt=reject("").excerpt) if isinstance(post, Reject) and not post.post_id else post


def read_object(record: Any, *, source: str, position: int, columns: Mapping[str, str] | None) -> RawPost | Reject:
    """Makes a post of a JSON object, or a reject that says why it is none."""
    keys = tuple(record) if isinstance(record, dict) else ()
    fields = _fields_among(keys, tuple(sorted((columns or {}).items())))
    if "content" not in fields:
        value = ", ".join(keys)[:EXCERPT_CHARACTERS]
        return Reject(source=source, position=position, stage="read", reason="no content field", value=value)
    content = record[keys[fields["content"]]]
    kind = HTML if is_npf(content) else kind_of_column(keys[fields["content"]], keys)
    cells = {field: cell_of(record[keys[place]]) for field, place in fields.items()}
    if is_npf(content):
        cells["content"] = html_of_npf(content)
    return post_of(cells, source=source, position=position, content_kind=kind)


@lru_cache(maxsize=64)
def _fields_among(keys: tuple[str, ...], columns: tuple[tuple[str, str], ...]) -> dict[str, int]:
    return find_named_fields(keys, columns=dict(columns))
