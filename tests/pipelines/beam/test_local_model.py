import gc
from pathlib import Path

import pytest
from apache_beam.io.filesystems import FileSystems

from pipelines.beam.local_model import FILES, FILES_OF_SOME, WEIGHTS, _fetched, local_model
from pipelines.errors import UserError


@pytest.fixture
def bucket(tmp_path, monkeypatch):
    """The local folder of a model that Beam finds at gs://bucket/model."""

    def redirect(method):
        local = getattr(FileSystems, method)
        monkeypatch.setattr(FileSystems, method, lambda path: local(path.replace("gs://bucket/model", str(tmp_path))))

    _fetched.cache_clear()
    redirect("open")
    redirect("exists")
    for name in (*FILES, WEIGHTS, *FILES_OF_SOME):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


def fetched_files():
    """Returns the bytes of each file of the fetched copy, by its path."""
    folder = Path(local_model("gs://bucket/model/"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_local_folder_is_used_in_place():
    assert local_model("out/model") == "out/model"


@pytest.mark.parametrize("without", [(), FILES_OF_SOME])
def test_a_remote_folder_is_copied(bucket, without):
    for name in without:
        (bucket / name).unlink()
    assert fetched_files() == {name: name.encode() for name in (*FILES, WEIGHTS, *FILES_OF_SOME) if name not in without}


def test_weights_in_parts_are_copied_instead_of_one_file(bucket):
    for number in range(3):
        (bucket / f"model-{number}.safetensors").write_bytes(b"part")
    assert [name for name in sorted(fetched_files()) if name.startswith("model")] == [
        f"model-{number}.safetensors" for number in range(3)
    ]


def test_a_copy_is_made_once_and_removed_with_its_owner(bucket):
    folder = Path(local_model("gs://bucket/model"))
    assert local_model("gs://bucket/model") == str(folder)
    _fetched.cache_clear()
    gc.collect()
    assert not folder.exists()


@pytest.mark.parametrize("name", ["tokenizer/spm.model", "model.safetensors"])
def test_the_error_names_the_missing_file(bucket, name):
    (bucket / name).unlink()
    with pytest.raises(UserError, match=f"gs://bucket/model holds no trained model: {name} is missing"):
        local_model("gs://bucket/model")


def test_the_name_of_a_shipped_model_stands_for_its_installed_folder(bucket, ship):
    folder = ship("tiny-en", bucket)
    assert local_model("tiny-en") == str(folder)
    assert local_model("./tiny-en") == "./tiny-en"
    (folder / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"model\.safetensors is missing or not the file that ships"):
        local_model("tiny-en")
