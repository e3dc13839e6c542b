from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, cast

from pipelines.read.csv.file import TableState, empty_file, open_table, post_of_record, resume_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.posts.post import RawPost, Reject


@dataclass(frozen=True, kw_only=True)
class CsvPart:
    """Successive records of an export, which can be read without those before.

    Attributes:
        offset: the byte of the file where a line begins, and with it the first record.
        skip: lines between, 0 but in a file that cannot be cut: its one part begins before its header.
        first: the first record's position, from 1.
        records: how many they are.
        sha256: of the bytes before the next part, the first position and the state.
        state: what their reader must know; None of a file that holds no row.
    """

    offset: int
    skip: int
    first: int
    records: int
    sha256: str
    state: TableState | None


def csv_parts(stream: BinaryIO, *, source: str, columns: Mapping[str, str] | None, part_bytes: int) -> list[CsvPart]:
    """Cuts an export, in one pass, at records: each part is of this many bytes, or of more until none is in doubt.

    What a part holds was decided by its bytes and its state alone: where lines ahead had to be looked at, to tell
    what a record is, they are in the same part. UTF-16 is not cut.

    Raises:
        UserError: as `read_csv_file` does.
    """
    hashed = _HashedStream(stream)
    table = open_table(cast("BinaryIO", hashed), source=source, columns=columns)
    if table is None:
        return [CsvPart(offset=0, skip=0, first=1, records=0, sha256=hashed.digest(), state=None)]
    told = json.dumps(asdict(table.state), sort_keys=True)
    hashed.digest(table.offset)
    begins = [(table.offset, 1)]
    digests: list[str] = []
    end: int | None = None
    position = 0
    for position, _ in enumerate(table.records, start=1):
        if end is not None:
            digests.append(hashed.digest(end, f"{begins[-1][1]} {told}"))
            begins.append((end, position))
            end = None
        if table.reader.reached - begins[-1][0] >= part_bytes:
            end = table.reader.offset()
    digests.append(hashed.digest(None, f"{begins[-1][1]} {told}"))
    afters = [first for _, first in begins[1:]] + [position + 1]
    return [
        CsvPart(offset=offset, skip=table.skip, first=first, records=after - first, sha256=sha256, state=table.state)
        for (offset, first), after, sha256 in zip(begins, afters, digests, strict=True)
    ]


def read_csv_part(stream: BinaryIO, part: CsvPart, *, source: str) -> Iterator[RawPost | Reject]:
    """What `read_csv_file` gives for these records; the stream must be one that can seek."""
    if part.state is None:
        yield empty_file(source)
        return
    records = resume_table(stream, state=part.state, offset=part.offset, skip=part.skip)
    for position, record in enumerate(islice(records, part.records), start=part.first):
        yield post_of_record(record, layout=part.state.layout, source=source, position=position)


class _HashedStream:
    """A stream that hashes what is read, up to any byte of what was read last."""

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
        """Of the bytes before `end` (None: all read) since the one before that of the last call, and some text."""
        left = 0 if end is None else self._read - end
        cut = max(len(self._unhashed) - left, 0)
        self._digest.update(self._unhashed[:cut] + more.encode())
        self._unhashed = self._unhashed[cut:]
        digest, self._digest = self._digest, hashlib.sha256()
        return digest.hexdigest()
