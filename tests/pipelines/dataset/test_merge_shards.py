import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dataset import merge_shards
from pipelines.dataset.merge_shards import padded, plan_shards, rows_in_group, shard_schema, write_shard
from pipelines.dataset.pieces_writer import encoded_schema
from pipelines.write.parquet import parquet_part


def encoded_unit(output, number, groups):
    """Writes an encoded unit of (split, bucket, lists of ids); returns it as an EncodedUnit."""
    path = f"encoded/{number}.parquet"
    with parquet_part(str(output), path, encoded_schema(wide=False), group_rows=1 << 20, files=[]) as writer:
        for _, _, rows in groups:
            columns = [
                pa.array([f"post-{number}"] * len(rows)),
                pa.array(range(len(rows)), pa.int32()),
                pa.array(rows, pa.list_(pa.uint16())),
                pa.array([len(row) for row in rows], pa.uint16()),
                pa.array([number] * len(rows), pa.uint16()),
                pa.array(range(len(rows)), pa.uint16()),
            ]
            writer.write_table(pa.table(columns, schema=encoded_schema(wide=False)))
    listed = [(split, bucket, len(rows)) for split, bucket, rows in groups]
    return number, f"{output}/encoded/{number}.json", {"encoded": path, "wide": False, "groups": listed}


@pytest.fixture
def receipts(tmp_path):
    second = encoded_unit(tmp_path, 7, [("train", 4, [[9, 3]]), ("test", 8, [[5, 6, 7, 8, 3]])])
    first = encoded_unit(tmp_path, 2, [("train", 4, [[4, 5, 3], [6, 3]])])
    return [second, first]


def test_a_shard_holds_the_rows_of_one_bucket_in_the_order_of_the_units(receipts, tmp_path):
    shards = list(plan_shards(receipts, shard_bytes=1 << 20))
    assert [(shard.split, shard.bucket) for shard in shards] == [("train", 4), ("test", 8)]
    (file,) = write_shard(shards[0], output=str(tmp_path))[1]
    table = pq.ParquetFile(tmp_path / file["path"]).read()
    assert file["path"] == f"shards/split=train/bucket=4/part-{shards[0].name}.parquet"
    assert table.column("post_id").to_pylist() == ["post-2", "post-2", "post-7"]
    assert table.column("input_ids").to_pylist() == [[4, 5, 3, 0], [6, 3, 0, 0], [9, 3, 0, 0]]
    assert table.column("length").to_pylist() == [3, 2, 2]
    assert table.column("category").to_pylist() == [2, 2, 7]
    assert table.column("author").to_pylist() == [0, 1, 0]


def test_no_shard_is_larger_than_shard_bytes(receipts):
    shards = list(plan_shards(receipts, shard_bytes=20))
    assert [(shard.split, len(shard.groups)) for shard in shards] == [("train", 1), ("train", 1), ("test", 1)]


def test_receipts_in_any_order_give_the_same_shards(receipts):
    assert list(plan_shards(receipts, shard_bytes=1 << 20)) == list(plan_shards(receipts[::-1], shard_bytes=1 << 20))


def test_an_existing_shard_is_not_written_again(receipts, tmp_path):
    (shard, _) = plan_shards(receipts, shard_bytes=1 << 20)
    path = tmp_path / write_shard(shard, output=str(tmp_path))[1][0]["path"]
    os.utime(path, (1, 1))
    write_shard(shard, output=str(tmp_path))
    assert path.stat().st_mtime == 1


def test_a_shard_that_was_lost_or_cut_short_is_written_again(receipts, tmp_path):
    (shard, _) = plan_shards(receipts, shard_bytes=1 << 20)
    path = tmp_path / write_shard(shard, output=str(tmp_path))[1][0]["path"]
    whole = path.read_bytes()
    path.unlink()
    write_shard(shard, output=str(tmp_path))
    assert path.read_bytes() == whole
    path.write_bytes(whole[:100])
    write_shard(shard, output=str(tmp_path))
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("bucket", "wide", "rows"), [(16, False, 8192), (64, False, 8192), (65, False, 8065), (64, True, 4096)]
)
def test_a_row_group_holds_at_most_a_megabyte(bucket, wide, rows):
    assert rows_in_group(bucket, wide=wide) == rows


def test_row_groups_of_units_are_merged_into_row_groups_of_full_size(receipts, tmp_path, monkeypatch):
    monkeypatch.setattr(merge_shards, "SHARD_GROUP", 2)
    (shard, _) = plan_shards(receipts, shard_bytes=1 << 20)
    (file,) = write_shard(shard, output=str(tmp_path))[1]
    metadata = pq.ParquetFile(tmp_path / file["path"]).metadata
    assert [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)] == [2, 1]


def test_ids_of_a_wide_vocabulary_have_32_bits():
    assert shard_schema(16, wide=False).field("input_ids").type == pa.list_(pa.uint16(), 16)
    assert shard_schema(16, wide=True).field("input_ids").type == pa.list_(pa.int32(), 16)


@given(st.lists(st.lists(st.integers(1, 60_000), max_size=12)))
def test_padding_keeps_every_id_in_its_place(rows):
    matrix = padded(pa.array(rows, pa.list_(pa.uint16())), 12)
    assert matrix.shape == (len(rows), 12)
    assert [row[row > 0].tolist() for row in matrix] == rows
    assert all((row[len(ids) :] == 0).all() for row, ids in zip(matrix, rows, strict=True))
    assert matrix.dtype == np.uint16
