from __future__ import annotations

from typing import TYPE_CHECKING, Final

from apache_beam.io.filesystems import FileSystems

from pipelines.posts import RawPost, Reject
from pipelines.read.csv_file import read_csv_file
from pipelines.read.text_file import read_text_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.read.inputs import InputFile

TEXT_FILE_LIMIT: Final = 1 << 26
"""Bytes in the longest text file read, since one is held whole."""


def read_posts(file: InputFile, *, columns: Mapping[str, str] | None) -> Iterator[RawPost | Reject]:
    """The posts of one file; a CSV file that cannot be opened, or text file that cannot be read, gives a reject.

    Raises:
        UserError: a CSV file's columns are not as asked for: see `read_csv_file`.
        OSError: reading a CSV file broke off; its rows so far are no whole, and a retry may succeed.
    """
    if file.kind == "csv":
        try:
            stream = FileSystems.open(file.path)
        except OSError as error:
            yield _unreadable(file, error)
            return
        with stream:
            yield from read_csv_file(stream, source=file.name, columns=columns)
    else:
        yield _read_text(file)


def _read_text(file: InputFile) -> RawPost | Reject:
    if file.size > TEXT_FILE_LIMIT:
        return _reject(file, "file too long", value=file.size, threshold=TEXT_FILE_LIMIT)
    try:
        with FileSystems.open(file.path) as stream:
            return read_text_file(stream.read(), source=file.name)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one file, the others are to be read
        return _unreadable(file, error)


def _unreadable(file: InputFile, error: Exception) -> Reject:
    return _reject(file, "unreadable", value=f"{type(error).__name__}: {error}")


def _reject(file: InputFile, reason: str, *, value: str | int, threshold: str | int = "") -> Reject:
    return Reject(source=file.name, position=0, stage="read", reason=reason, value=str(value), threshold=str(threshold))
