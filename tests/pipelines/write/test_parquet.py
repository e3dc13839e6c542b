import hashlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.write.parquet import parquet_part

SCHEMA = pa.schema([("name", pa.string()), ("count", pa.int32())])


def write(folder, rows, *, group_rows=2):
    files = []
    with parquet_part(str(folder), "posts/part-1.parquet", SCHEMA, group_rows=group_rows, files=files) as writer:
        for row in rows:
            writer.write(row)
    return files


def test_rows_are_written_in_row_groups(tmp_path):
    rows = [{"name": f"row {n}", "count": n} for n in range(5)]
    write(tmp_path, rows)
    file = pq.ParquetFile(tmp_path / "posts/part-1.parquet")
    assert file.read().to_pylist() == rows
    assert file.schema_arrow == SCHEMA
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [2, 2, 1]


def test_the_entry_lists_path_rows_size_and_hash(tmp_path):
    [entry] = write(tmp_path, [{"name": "a", "count": 1}])
    data = (tmp_path / "posts/part-1.parquet").read_bytes()
    assert entry == {
        "path": "posts/part-1.parquet",
        "rows": 1,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def test_a_part_without_rows_is_a_valid_file(tmp_path):
    [entry] = write(tmp_path, [])
    assert entry["rows"] == 0
    assert pq.read_table(tmp_path / "posts/part-1.parquet").schema == SCHEMA


def test_a_table_is_a_row_group_of_its_own_after_the_rows_that_wait(tmp_path):
    files = []
    with parquet_part(str(tmp_path), "a.parquet", SCHEMA, group_rows=9, files=files) as writer:
        writer.write({"name": "a", "count": 1})
        writer.write_table(pa.table({"name": ["b", "c"], "count": pa.array([2, 3], pa.int32())}))
        writer.write({"name": "d", "count": 4})
    file = pq.ParquetFile(tmp_path / "a.parquet")
    assert file.read().column("name").to_pylist() == ["a", "b", "c", "d"]
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [1, 2, 1]
    assert files[0]["rows"] == 4


def test_the_same_rows_give_the_same_bytes(tmp_path):
    rows = [{"name": f"row {n}", "count": n} for n in range(100)]
    assert write(tmp_path / "a", rows) == write(tmp_path / "b", rows)


def test_a_row_that_does_not_fit_leaves_no_file_and_no_entry(tmp_path):
    files = []
    with (
        pytest.raises(pa.ArrowException),
        parquet_part(str(tmp_path), "part-1.parquet", SCHEMA, group_rows=1, files=files) as writer,
    ):
        writer.write({"name": "a", "count": "many"})
    assert files == []
    assert list(tmp_path.iterdir()) == []
