import gzip
import io

import pytest

from pipelines.errors import FileError
from pipelines.read.files.source import Source, UnreadableError, open_source


def test_bytes_are_read_as_they_are_stored(tmp_path):
    data = gzip.compress(b"Words")
    (tmp_path / "a.gz").write_bytes(data)
    with open_source(str(tmp_path / "a.gz")) as source:
        assert (source.read(), source.tell(), source.failed) == (data, len(data), False)


def test_a_read_that_broke_off_is_remembered():
    class Broken(io.BytesIO):
        def read(self, _size=-1):
            raise OSError("gone")

    source = Source(Broken())
    with pytest.raises(OSError, match="gone"):
        source.read(1)
    assert source.failed


def test_a_seek_before_the_begin_is_no_failure_of_the_disk(tmp_path):
    (tmp_path / "a").write_bytes(b"Words")
    with open_source(str(tmp_path / "a")) as source:
        assert source.seek(2) == 2
        assert source.read() == b"rds"
        assert not source.failed


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileError, match="gone"):
        open_source(str(tmp_path / "gone"))


def test_an_unreadable_file_is_told_with_its_cause():
    assert str(UnreadableError(EOFError("cut off"))) == "EOFError: cut off"
    assert str(UnreadableError("too large")) == "too large"
