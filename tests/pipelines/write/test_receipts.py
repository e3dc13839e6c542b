import pytest

from pipelines.write.atomic import write_json
from pipelines.write.receipts import fingerprint, is_done, is_there, with_receipt


def test_a_fingerprint_depends_on_the_data_but_not_on_the_order_of_keys():
    facts = {"name": "a", "rows": [1, 2]}
    assert fingerprint(facts) == fingerprint({"rows": [1, 2], "name": "a"})
    assert fingerprint(facts) != fingerprint({"name": "a", "rows": [2, 1]})
    assert len(fingerprint(facts)) == 16


@pytest.fixture
def receipt(tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/part-a.parquet").write_bytes(b"12345")
    path = f"{tmp_path}/a.json"
    write_json(path, {"files": [{"path": "posts/part-a.parquet", "bytes": 5}]})
    return path


def test_a_unit_with_its_receipt_and_files_is_done(receipt, tmp_path):
    assert is_done(receipt, output=str(tmp_path))


def test_a_receipt_travels_with_its_path(receipt):
    assert with_receipt(receipt) == (receipt, {"files": [{"path": "posts/part-a.parquet", "bytes": 5}]})


def test_a_unit_without_a_receipt_is_not_done(tmp_path):
    assert not is_done(f"{tmp_path}/a.json", output=str(tmp_path))


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_unit_with_a_broken_receipt_is_not_done(tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    assert not is_done(f"{tmp_path}/a.json", output=str(tmp_path))


@pytest.mark.parametrize("size", [4, 6, None])
def test_a_file_that_is_missing_or_of_another_size_is_not_intact(receipt, tmp_path, size):
    path = tmp_path / "posts/part-a.parquet"
    path.unlink() if size is None else path.write_bytes(b"x" * size)
    assert not is_there({"path": "posts/part-a.parquet", "bytes": 5}, output=str(tmp_path))
    assert not is_done(receipt, output=str(tmp_path))
