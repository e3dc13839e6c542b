import hashlib

import pytest
from apache_beam.io.filesystems import FileSystems
from memory_store import MemoryStore

from pipelines.errors import FileError
from pipelines.write.atomic import TEMPORARY, atomic_file, read_json, write_bytes, write_json


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_size_and_hash_are_those_of_the_file(tmp_path):
    path = tmp_path / "deep/below/a.bin"
    with atomic_file(str(path)) as (file, written):
        file.write(b"one ")
        assert file.tell() == 4
        file.write(memoryview(b"two"))
    assert path.read_bytes() == b"one two"
    assert (written.bytes, written.sha256) == (7, hashlib.sha256(b"one two").hexdigest())


def test_a_reader_never_sees_half_a_file(tmp_path):
    path = tmp_path / "a.bin"
    with atomic_file(str(path)) as (file, _):
        file.write(b"half")
        assert not path.exists()
        assert [TEMPORARY in name for name in files_below(tmp_path)] == [True]
    assert files_below(tmp_path) == ["a.bin"]


def test_an_older_file_stays_until_the_new_one_is_complete(tmp_path):
    path = tmp_path / "a.bin"
    write_bytes(str(path), b"old")
    with atomic_file(str(path)) as (file, _):
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_exception_leaves_neither_file_nor_temporary(tmp_path, error):
    def write_half():
        with atomic_file(str(tmp_path / "a.bin")) as (file, _):
            file.write(b"half")
            raise error

    with pytest.raises(error):
        write_half()
    assert files_below(tmp_path) == []


def test_a_rename_that_fails_leaves_the_older_file_alone(tmp_path, monkeypatch):
    path = tmp_path / "a.bin"
    write_bytes(str(path), b"old")

    def fail(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystems, "rename", fail)
    with pytest.raises(OSError, match="No space"):
        write_bytes(str(path), b"new")
    assert files_below(tmp_path) == ["a.bin"]
    assert path.read_bytes() == b"old"


def test_an_object_is_written_once_under_its_own_name(store):
    with atomic_file("memory://bucket/out/a.bin") as (file, written):
        file.write(b"one")
    assert (written.bytes, written.sha256) == (3, hashlib.sha256(b"one").hexdigest())
    assert store == {"memory://bucket/out/a.bin": b"one"}
    assert MemoryStore.requests == ["create memory://bucket/out/a.bin"]


def test_json_is_the_same_bytes_for_the_same_data(tmp_path):
    write_json(str(tmp_path / "a.json"), {"b": 1, "a": ["é"]})
    write_json(str(tmp_path / "b.json"), {"a": ["é"], "b": 1})
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert read_json(str(tmp_path / "a.json")) == {"a": ["é"], "b": 1}


def test_reading_raises_value_error_for_broken_json_and_os_error_for_a_missing_file(tmp_path):
    (tmp_path / "a.json").write_text('{"half": ')
    with pytest.raises(ValueError, match="Expecting value"):
        read_json(str(tmp_path / "a.json"))
    with pytest.raises(OSError, match=r"b\.json"):
        read_json(str(tmp_path / "b.json"))


@pytest.mark.parametrize("operation", ["create", "rename"])
def test_the_error_names_the_file_that_cannot_be_written(tmp_path, monkeypatch, operation):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystems, operation, fail)
    with pytest.raises(FileError, match=rf"^{tmp_path}/a.bin cannot be written: No space left on device; make room"):
        write_bytes(f"{tmp_path}/a.bin", b"x")
    assert files_below(tmp_path) == []
