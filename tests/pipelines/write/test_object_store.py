from functools import partial
from types import SimpleNamespace

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


def test_googles_store_decides_itself_who_is_first(monkeypatch):
    exceptions = pytest.importorskip("google.api_core.exceptions", reason="needs pip install -e .[gcp]")
    gcsio = pytest.importorskip("apache_beam.io.gcp.gcsio", reason="needs pip install -e .[gcp]")
    objects = {}

    def upload(name, data, if_generation_match):
        assert if_generation_match == 0
        if name in objects:
            raise exceptions.PreconditionFailed("At least one of the pre-conditions you specified did not hold.")
        objects[name] = data

    def blob(name):
        return SimpleNamespace(upload_from_string=partial(upload, name))

    client = SimpleNamespace(bucket=lambda name: SimpleNamespace(blob=blob))
    monkeypatch.setattr(gcsio, "GcsIO", lambda pipeline_options: SimpleNamespace(client=client, exists=lambda _: False))
    assert put_if_absent("gs://bucket/a/.lock", b"first")
    assert not put_if_absent("gs://bucket/a/.lock", b"second")
    assert objects == {"a/.lock": b"first"}
