from pathlib import Path

import pytest
from apache_beam.io.filesystems import FileSystems

from pipelines.errors import UserError
from pipelines.local_model import FILES, local_model


@pytest.fixture
def bucket(tmp_path, monkeypatch):
    """A folder that Beam sees as gs://bucket/model."""
    open_local = FileSystems.open
    monkeypatch.setattr(FileSystems, "open", lambda path: open_local(path.replace("gs://bucket/model", str(tmp_path))))
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


def test_a_local_folder_is_used_where_it_is():
    assert local_model("out/model") == "out/model"


def test_a_remote_folder_is_fetched(bucket):
    folder = Path(local_model("gs://bucket/model/"))
    assert folder != bucket
    assert {name: (folder / name).read_bytes() for name in FILES} == {name: name.encode() for name in FILES}


def test_a_file_that_is_missing_is_named(bucket):
    (bucket / "tokenizer/spm.model").unlink()
    with pytest.raises(UserError, match=r"gs://bucket/model holds no trained model: tokenizer/spm\.model is missing"):
        local_model("gs://bucket/model")
