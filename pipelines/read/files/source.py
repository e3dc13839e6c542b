from __future__ import annotations

import errno
import io
from typing import TYPE_CHECKING

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import as_file_error

if TYPE_CHECKING:
    from typing import BinaryIO

    from typing_extensions import Buffer


class UnreadableError(Exception):
    """Raised for a damaged file, which no retry can read; the message names the cause."""

    def __init__(self, cause: Exception | str) -> None:
        super().__init__(cause if isinstance(cause, str) else f"{type(cause).__name__}: {cause}")


class Source(io.RawIOBase):
    """A stream of a file's stored bytes that remembers whether the last read failed.

    So a read that broke off, which a retry may mend, can be distinguished from bytes that no decoder understands.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.failed = False
        self._file = file

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always: every store that Beam reads can seek."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Reads as `io.RawIOBase` does."""
        view = memoryview(buffer)
        self.failed = True
        data = self._file.read(len(view))
        self.failed = False
        view[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Seeks as `io.RawIOBase` does."""
        self.failed = True
        try:
            self._file.seek(offset, whence)
        except OSError as error:
            self.failed = error.errno != errno.EINVAL  # a place before the file's begin
            raise
        self.failed = False
        return self._file.tell()

    def tell(self) -> int:
        """The place in the file."""
        return self._file.tell()

    def close(self) -> None:
        """Closes the file, too."""
        self._file.close()
        super().close()


def open_source(path: str) -> Source:
    """Opens a file on any filesystem Beam knows and never decompresses it.

    Raises:
        FileError: it cannot be opened; a retry may succeed.
    """
    with as_file_error(path, "read"):
        return Source(FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED))
