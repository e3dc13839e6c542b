import gc
from pathlib import Path

import pytest
import torch
from apache_beam.io.filesystems import FileSystems

from pipelines.beam.local_model import FILES, FILES_OF_SOME, WEIGHTS, _fetched, available_device, local_model
from pipelines.errors import UserError


@pytest.fixture
def bucket(tmp_path, monkeypatch):
    """A folder that Beam sees as gs://bucket/model."""

    def seen_as(method):
        local = getattr(FileSystems, method)
        monkeypatch.setattr(FileSystems, method, lambda path: local(path.replace("gs://bucket/model", str(tmp_path))))

    _fetched.cache_clear()
    seen_as("open")
    seen_as("exists")
    for name in (*FILES, WEIGHTS, *FILES_OF_SOME):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


def fetched():
    folder = Path(local_model("gs://bucket/model/"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_local_folder_is_used_where_it_is():
    assert local_model("out/model") == "out/model"


@pytest.mark.parametrize("without", [(), FILES_OF_SOME])
def test_a_remote_folder_is_fetched(bucket, without):
    for name in without:
        (bucket / name).unlink()
    assert fetched() == {name: name.encode() for name in (*FILES, WEIGHTS, *FILES_OF_SOME) if name not in without}


def test_weights_in_parts_are_fetched_instead_of_the_whole(bucket):
    for number in range(3):
        (bucket / f"model-{number}.safetensors").write_bytes(b"part")
    found = fetched()
    assert [name for name in sorted(found) if name.startswith("model")] == [
        f"model-{number}.safetensors" for number in range(3)
    ]


def test_a_copy_is_made_once_and_goes_with_the_process(bucket):
    folder = Path(local_model("gs://bucket/model"))
    assert local_model("gs://bucket/model") == str(folder)
    _fetched.cache_clear()
    gc.collect()
    assert not folder.exists()


@pytest.mark.parametrize("name", ["tokenizer/spm.model", "model.safetensors"])
def test_a_file_that_is_missing_is_named(bucket, name):
    (bucket / name).unlink()
    with pytest.raises(UserError, match=f"gs://bucket/model holds no trained model: {name} is missing"):
        local_model("gs://bucket/model")


@pytest.mark.parametrize(
    ("wanted", "there", "device"),
    [("auto", True, "cuda"), ("auto", False, "cpu"), ("cuda", True, "cuda"), ("cpu", True, "cpu")],
)
def test_a_device_is_taken_as_asked_for(monkeypatch, wanted, there, device):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert available_device(wanted) == device


def test_a_gpu_that_is_absent_is_the_users_mistake_and_no_cpu_stands_in(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match="--device cuda: PyTorch finds no GPU here"):
        available_device("cuda")


def test_the_name_of_a_model_that_ships_is_the_folder_that_is_installed_here(bucket, ship):
    folder = ship("tiny-en", bucket)
    assert local_model("tiny-en") == str(folder)
    assert local_model("./tiny-en") == "./tiny-en"
    (folder / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"model\.safetensors is missing or not the file that ships"):
        local_model("tiny-en")
