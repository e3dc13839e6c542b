from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, cast

from pipelines.read.csv.file import TableState, empty_file, open_table, post_of_record, resume_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.posts.post import RawPost, Reject


@dataclass(frozen=True, kw_only=True)
class CsvPart:
    """A run of records of an export that can be read without the records before.

    Attributes:
        offset: the byte of the file where a line begins, and with it the first record.
        skip: lines from there to the first record; 0 except in a file that cannot be cut, whose part begins at byte 0.
        first: the first record's position, from 1.
        records: how many they are.
        sha256: of the bytes before the next part, the first position and the state.
        state: what their reader must know; None for a file without rows.
    """

    offset: int
    skip: int
    first: int
    records: int
    sha256: str
    state: TableState | None


def csv_parts(stream: BinaryIO, *, source: str, columns: Mapping[str, str] | None, part_bytes: int) -> list[CsvPart]:
    """Cuts an export between records, in one pass, into parts of at least `part_bytes`.

    The records of a part follow from its bytes and its state alone: lines that had to be looked at to judge a record
    are in the same part. UTF-16 is not cut.

    Raises:
        UserError: as `read_csv_file` does.
    """
    hashed = _HashedStream(stream)
    table = open_table(cast("BinaryIO", hashed), source=source, columns=columns)
    if table is None:
        return [CsvPart(offset=0, skip=0, first=1, records=0, sha256=hashed.digest(), state=None)]
    state = json.dumps(asdict(table.state), sort_keys=True)
    hashed.digest(table.offset)
    begins = [(table.offset, 1)]
    digests: list[str] = []
    end: int | None = None
    position = 0
    for position, _ in enumerate(table.records, start=1):
        if end is not None:
            digests.append(hashed.digest(end, f"{begins[-1][1]} {state}"))
            begins.append((end, position))
            end = None
        if table.reader.reached - begins[-1][0] >= part_bytes:
            end = table.reader.offset()
    digests.append(hashed.digest(None, f"{begins[-1][1]} {state}"))
    afters = [first for _, first in begins[1:]] + [position + 1]
    return [
        CsvPart(offset=offset, skip=table.skip, first=first, records=after - first, sha256=sha256, state=table.state)
        for (offset, first), after, sha256 in zip(begins, afters, digests, strict=True)
    ]


def read_csv_part(
    stream: BinaryIO, part: CsvPart, *, source: str, content_kind: str = ""
) -> Iterator[RawPost | Reject]:
    """Reads the records of a part as `read_csv_file` reads all; the stream must be able to seek.

    Args:
        stream: the file.
        part: which records to read.
        source: the file's path relative to its input.
        content_kind: what the contents are written in, unless a column's name tells.
    """
    if part.state is None:
        yield empty_file(source)
        return
    layout = part.state.layout
    if not layout.content_kind:
        layout = replace(layout, content_kind=content_kind)
    records = resume_table(stream, state=part.state, offset=part.offset, skip=part.skip)
    for position, record in enumerate(islice(records, part.records), start=part.first):
        yield post_of_record(record, layout=layout, source=source, position=position)


class _HashedStream:
    """A stream that hashes what is read, up to any byte of the last read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._unhashed = b""
        self._read = 0

    def read(self, size: int) -> bytes:
        self._digest.update(self._unhashed)
        self._unhashed = data = self._stream.read(size)
        self._read += len(data)
        return data

    def digest(self, end: int | None = None, more: str = "") -> str:
        """The SHA-256 of the bytes from the last call's `end` to this `end` (None: all read) and of `more`."""
        left = 0 if end is None else self._read - end
        cut = max(len(self._unhashed) - left, 0)
        self._digest.update(self._unhashed[:cut] + more.encode())
        self._unhashed = self._unhashed[cut:]
        digest, self._digest = self._digest, hashlib.sha256()
        return digest.hexdigest()
