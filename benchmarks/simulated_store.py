"""A store of objects in memory, at slow://, which takes 40 ms for each request, as object stores do."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, ClassVar, Final

from apache_beam.io.filesystem import FileMetadata, FileSystem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REQUEST_SECONDS: Final = 0.04
_LISTED: Final = 1_000
"""Objects that a store lists in answer to one request."""


class SimulatedStore(FileSystem):  # type: ignore[misc]  # Beam has no types
    """`objects` holds the content of each path, and `sizes` the sizes that the store claims for some of them."""

    objects: ClassVar[dict[str, bytes]] = {}
    sizes: ClassVar[dict[str, int]] = {}

    @classmethod
    def scheme(cls) -> str:
        """Returns the part of a path before ://."""
        return "slow"

    def join(self, basepath: str, *paths: str) -> str:
        """Joins parts of a path."""
        return "/".join([basepath, *paths])

    def split(self, path: str) -> tuple[str, str]:
        """Splits a path at its last slash."""
        head, _, tail = path.rpartition("/")
        return head, tail

    def mkdirs(self, path: str) -> None:
        """Refuses, since a store has no folders."""
        raise NotImplementedError(path)

    def has_dirs(self) -> bool:
        """Says that there are no folders."""
        return False

    def _list(self, dir_or_prefix: str) -> Iterator[FileMetadata]:
        listed = (path for path in list(self.objects) if path.startswith(dir_or_prefix))
        for number, path in enumerate(listed):
            if number % _LISTED == 0:
                _wait()
            yield self.metadata_of(path)

    def metadata_of(self, path: str) -> FileMetadata:
        """Returns what a listing says of an object."""
        return FileMetadata(path, self.sizes.get(path, len(self.objects[path])))

    def create(self, path: str, mime_type: str = "", compression_type: str = "") -> io.BytesIO:  # noqa: ARG002
        """Returns a file whose bytes are stored when it is closed."""
        return _Upload(path)

    def open(self, path: str, mime_type: str = "", compression_type: str = "") -> io.BytesIO:  # noqa: ARG002
        """Takes a request for the size and one for the content, as Beam's readers do."""
        _wait(requests=2)
        if path not in self.objects:
            raise FileNotFoundError(2, "Not found", path)
        return io.BytesIO(self.objects[path])

    def copy(self, source_file_names: Sequence[str], destination_file_names: Sequence[str]) -> None:
        """Refuses, since nothing of ours copies objects."""
        raise NotImplementedError(source_file_names, destination_file_names)

    def rename(self, source_file_names: Sequence[str], destination_file_names: Sequence[str]) -> None:
        """Refuses, since a store cannot rename."""
        raise NotImplementedError(source_file_names, destination_file_names)

    def exists(self, path: str) -> bool:
        """Takes one request."""
        _wait()
        return path in self.objects

    def size(self, path: str) -> int:
        """Takes one request."""
        return int(self.metadata(path).size_in_bytes)

    def last_updated(self, path: str) -> float:  # noqa: ARG002
        """Takes one request."""
        _wait()
        return 0.0

    def checksum(self, path: str) -> str:  # noqa: ARG002
        """Takes one request."""
        _wait()
        return ""

    def metadata(self, path: str) -> FileMetadata:
        """Takes one request."""
        _wait()
        if path not in self.objects:
            raise FileNotFoundError(2, "Not found", path)
        return self.metadata_of(path)

    def delete(self, paths: Sequence[str]) -> None:
        """Takes a request for each thousand objects."""
        for number, path in enumerate(paths):
            if number % _LISTED == 0:
                _wait()
            self.objects.pop(path, None)


class _Upload(io.BytesIO):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def close(self) -> None:
        if not self.closed:
            _wait()
            SimulatedStore.objects[self._path] = self.getvalue()
        super().close()


def _wait(requests: int = 1) -> None:
    time.sleep(REQUEST_SECONDS * requests)
