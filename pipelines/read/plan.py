"""Plans the work units of a prepare job: runs of small files, or parts of a large one, named by their contents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import apache_beam as beam

from pipelines.errors import as_file_error
from pipelines.posts.split import unit_interval
from pipelines.read.files.input_file import InputFile
from pipelines.read.files.opening import open_input
from pipelines.read.files.source import UnreadableError, open_source
from pipelines.read.reader import Part, cut_file
from pipelines.write.receipts import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


UNIT_BYTES: Final = 4 << 20
"""The size of a unit: about a second of work, so that all workers finish at about the same time."""

_FILE_BYTES: Final = 1 << 10  # opening a file costs about as much as reading so many bytes
_PARTS: Final = 1 << 16
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class FileGroup:
    """A run of small files, or one file that may be cut.

    `number` is the number of the group's first unit; the number of the next group leaves room for _PARTS units.
    """

    number: int
    files: tuple[InputFile, ...]

    @classmethod
    def of_json(cls, facts: Mapping[str, Any]) -> FileGroup:
        """Returns the group of which `asdict` and JSON made these facts."""
        return cls(number=facts["number"], files=tuple(map(InputFile.of_json, facts["files"])))


@dataclass(frozen=True, kw_only=True)
class WorkUnit:
    """The files, or the part of one file, that a worker reads at a time.

    `fingerprint` follows from names, contents and settings.
    """

    number: int
    fingerprint: str
    files: tuple[InputFile, ...]
    part: Part | None
    bytes: int


def group_files(files: Sequence[InputFile]) -> list[FileGroup]:
    """Cuts the sorted listing into groups of about UNIT_BYTES; a file that is no text file gets a group of its own.

    The names of text files decide where a run of them ends. So a new file changes the run that it falls into, and
    hardly ever the runs beside it (content-defined chunking: Muthitacharoen et al. 2001, section 3.1).
    """
    return [FileGroup(number=number * _PARTS, files=tuple(group)) for number, group in enumerate(_groups(files))]


def _groups(files: Iterable[InputFile]) -> Iterator[list[InputFile]]:
    group: list[InputFile] = []
    size = 0
    for file in files:
        if file.kind != "text":
            if group:
                yield group
            yield [file]
            group, size = [], 0
            continue
        group.append(file)
        cost = file.size + _FILE_BYTES
        size += cost
        ends_here = size >= UNIT_BYTES // 2 and unit_interval(file.name) < 4 * cost / UNIT_BYTES
        if ends_here or size >= 2 * UNIT_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


class CutUnits(beam.PTransform):
    """FileGroups to WorkUnits: every file is read once for its hash, a large one cut at record boundaries."""

    def __init__(self, *, columns: Mapping[str, str] | None, settings: object) -> None:
        super().__init__()
        self.columns, self.settings = columns, settings

    def expand(self, groups: Any) -> Any:
        """One element is one group."""
        return groups | "CutGroup" >> beam.FlatMap(cut_group, columns=self.columns, settings=self.settings)


def cut_group(group: FileGroup, *, columns: Mapping[str, str] | None, settings: object) -> Iterator[WorkUnit]:
    """The units of one group."""
    first = group.files[0]
    parts = cut_file(first, columns=columns, part_bytes=UNIT_BYTES) if len(group.files) == 1 else []
    if not parts:
        facts = [(file.name, file.content_kind, file.take, file_sha256(file)) for file in group.files]
        yield WorkUnit(
            number=group.number,
            fingerprint=fingerprint([settings, facts]),
            files=group.files,
            part=None,
            bytes=sum(file.size + sum(each.size for each in file.beside) for file in group.files),
        )
    if len(parts) > _PARTS:
        raise ValueError(f"{first.name}: {len(parts)} parts of {UNIT_BYTES} bytes are more than {_PARTS}")
    for index, part in enumerate(parts):
        yield WorkUnit(
            number=group.number + index,
            fingerprint=fingerprint([settings, first.name, first.content_kind, part.sha256]),
            files=group.files,
            part=part,
            bytes=first.size // len(parts),
        )


def file_sha256(file: InputFile) -> str:
    """The SHA-256 of a file's stored bytes, or of the decompressed bytes of a member of a .zip.

    For a list of posts it covers the files with the texts, too.

    Raises:
        FileError: it cannot be read; a retry may succeed.
    """
    digest = hashlib.sha256()
    try:
        with (
            as_file_error(file.path, "read"),
            open_input(file) if file.member else open_source(file.path) as stream,
        ):
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except UnreadableError as error:  # the reader meets the same damage again and rejects it with the reason
        digest.update(f"unreadable {error}".encode())
    for each in file.beside:
        digest.update(f"{each.name} {file_sha256(each)}".encode())
    return digest.hexdigest()
