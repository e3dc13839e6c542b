import pytest
from memory_store import MemoryStore

from pipelines.write.object_store import is_object_store, put_if_absent, whole_object


def write_half(path):
    with whole_object(path) as file:
        file.write(b"half")
        raise EOFError


def test_a_filesystem_without_folders_is_an_object_store(tmp_path):
    assert is_object_store("memory://bucket/a")
    assert not is_object_store(str(tmp_path))


def test_an_object_is_written_in_one_go_when_the_block_ends(store):
    with whole_object("memory://bucket/a") as file:
        file.write(b"one ")
        file.write(b"two")
        assert store == {}
    assert store == {"memory://bucket/a": b"one two"}
    assert MemoryStore.requests == ["create memory://bucket/a"]


def test_an_exception_leaves_the_older_object_alone(store):
    store["memory://bucket/a"] = b"old"
    with pytest.raises(EOFError):
        write_half("memory://bucket/a")
    with pytest.raises(EOFError):
        write_half("memory://bucket/b")
    assert store == {"memory://bucket/a": b"old"}


def test_an_object_may_be_empty(store):
    with whole_object("memory://bucket/a"):
        pass
    assert store == {"memory://bucket/a": b""}


def test_only_the_first_of_two_writers_succeeds(store):
    assert put_if_absent("memory://bucket/a", b"first")
    assert not put_if_absent("memory://bucket/a", b"second")
    assert store == {"memory://bucket/a": b"first"}
