"""A store of objects in memory, at memory://, whose every object appears whole, and which has no folders."""

import io
from typing import ClassVar

from apache_beam.io.filesystem import FileMetadata, FileSystem


class MemoryStore(FileSystem):
    objects: ClassVar[dict[str, bytes]] = {}
    requests: ClassVar[list[str]] = []

    @classmethod
    def scheme(cls):
        return "memory"

    def join(self, basepath, *paths):
        return "/".join([basepath, *paths])

    def split(self, path):
        return path.rpartition("/")[::2]

    def mkdirs(self, path):
        raise AssertionError(f"{path} is made, but a store has no folders")

    def has_dirs(self):
        return False

    def _list(self, dir_or_prefix):
        for path, data in sorted(self.objects.items()):
            if path.startswith(dir_or_prefix):
                yield FileMetadata(path, len(data))

    def create(self, path, mime_type="", compression_type=""):
        self.requests.append(f"create {path}")
        return _Upload(path)

    def open(self, path, mime_type="", compression_type=""):
        if path not in self.objects:
            raise FileNotFoundError(2, "Not found", path)
        return io.BytesIO(self.objects[path])

    def copy(self, source_file_names, destination_file_names):
        raise AssertionError("nothing is copied")

    def rename(self, source_file_names, destination_file_names):
        raise AssertionError(f"{source_file_names} are renamed, but a store cannot rename")

    def exists(self, path):
        return path in self.objects

    def size(self, path):
        return len(self.objects[path])

    def last_updated(self, path):
        return 0.0

    def checksum(self, path):
        return ""

    def metadata(self, path):
        return FileMetadata(path, self.size(path))

    def delete(self, paths):
        for path in paths:
            del self.objects[path]


class _Upload(io.BytesIO):
    """As in Beam's uploads, the object is stored when the file is closed, also by an exception."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def close(self):
        if not self.closed:
            MemoryStore.objects[self.path] = self.getvalue()
        super().close()
