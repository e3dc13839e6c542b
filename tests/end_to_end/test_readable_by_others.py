"""Other programs read the same rows from shards and posts, and torch reads them without a copy."""

import re
from collections import Counter

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import torch
from blogvae_process import EXPORT, manifest_of

from pipelines import cli

ANY_BUCKET = pa.schema(
    [
        pa.field("post_id", pa.string()),
        pa.field("segment", pa.int32()),
        pa.field("input_ids", pa.list_(pa.uint16())),
        pa.field("length", pa.uint16()),
        pa.field("category", pa.uint16()),
        pa.field("author", pa.uint16()),
        pa.field("split", pa.string()),
        pa.field("bucket", pa.int32()),
    ]
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readable") / "dataset"
    flags = [f"--input={EXPORT}", f"--output={folder}", "--vocab-size=1000", "--max-len=48"]
    assert cli.main(["prepare", *flags, "--direct_num_workers=1"]) == 0
    return folder


@pytest.fixture(scope="module")
def shards(dataset):
    """The split, bucket and path of each shard."""
    paths = [file["path"] for file in manifest_of(dataset)["files"]]
    places = {path: re.match(r"shards/split=(\w+)/bucket=(\d+)/", path) for path in paths}
    found = [(place[1], int(place[2]), dataset / path) for path, place in places.items() if place]
    assert {split for split, _, _ in found} == {"train", "validation", "test"}
    assert {bucket for _, bucket, _ in found} == {12, 24, 36, 48}
    return found


@pytest.fixture(scope="module")
def rows(shards):
    """Every row of every shard, read without the manifest."""
    return in_order(
        {**row, "split": split, "bucket": bucket}
        for split, bucket, path in shards
        for row in pq.ParquetFile(path).read().to_pylist()
    )


def in_order(rows):
    plain = [{**row, "input_ids": list(row["input_ids"])} for row in rows]
    return sorted(plain, key=lambda row: (row["post_id"], row["segment"]))


def test_pandas_reads_a_shard(shards):
    for _, bucket, path in shards:
        frame, table = pd.read_parquet(path, partitioning=None), pq.ParquetFile(path).read()
        assert list(frame.columns) == ["post_id", "segment", "input_ids", "length", "category", "author"]
        assert in_order(frame.to_dict("records")) == in_order(table.to_pylist())
        assert np.stack(frame["input_ids"]).shape == (len(frame), bucket)


def test_pandas_reads_all_shards_at_once(dataset, rows):
    frame = pd.read_parquet(dataset / "shards", schema=ANY_BUCKET)
    assert in_order(frame.to_dict("records")) == rows


def test_pyarrow_finds_split_and_bucket_in_the_paths(dataset, rows):
    found = ds.dataset(dataset / "shards", partitioning="hive", schema=ANY_BUCKET)
    assert in_order(found.to_table().to_pylist()) == rows
    wide_test = found.to_table(filter=(ds.field("split") == "test") & (ds.field("bucket") == 48))
    assert in_order(wide_test.to_pylist()) == [row for row in rows if row["split"] == "test" and row["bucket"] == 48]


def test_duckdb_finds_split_and_bucket_in_the_paths(dataset, rows):
    found = duckdb.sql(f"from read_parquet('{dataset}/shards/**/*.parquet', hive_partitioning=true)")
    columns = [name for name, *_ in found.description]
    assert in_order(dict(zip(columns, row, strict=True)) for row in found.fetchall()) == rows
    counts = duckdb.sql("select split, bucket, count(*) from found group by all").fetchall()
    assert {(split, bucket): count for split, bucket, count in counts} == Counter(
        (row["split"], row["bucket"]) for row in rows
    )


def test_posts_are_the_same_to_all(dataset):
    paths = [dataset / file["path"] for file in manifest_of(dataset)["files"] if file["path"].startswith("posts/")]
    posts = [row for path in paths for row in pq.ParquetFile(path).read().to_pylist()]
    assert ds.dataset(paths).to_table().to_pylist() == posts
    found = duckdb.sql(f"from read_parquet({[str(path) for path in paths]})")
    columns = [name for name, *_ in found.description]
    assert [dict(zip(columns, row, strict=True)) for row in found.fetchall()] == posts
    frame = pd.concat([pd.read_parquet(path) for path in paths])
    assert list(frame["text"]) == [post["text"] for post in posts]
    assert [[dict(block) for block in blocks] for blocks in frame["blocks"]] == [post["blocks"] for post in posts]


def test_datasets_loads_every_table_of_the_folder_as_it_lies(dataset, rows, tmp_path):
    datasets = pytest.importorskip("datasets", reason="Hugging Face datasets is not installed")
    names = datasets.get_dataset_config_names(str(dataset))
    assert names == ["posts", "rejects", *(f"segments-{bucket}" for bucket in (12, 24, 36, 48))]
    loaded = {name: datasets.load_dataset(str(dataset), name, cache_dir=str(tmp_path)) for name in names}
    counts = manifest_of(dataset)["counts"]
    assert loaded["posts"].num_rows == {"posts": counts["posts"]}
    assert loaded["rejects"].num_rows == {"rejects": counts["rejects"]}
    read = [
        {**row, "split": split, "bucket": int(name.removeprefix("segments-"))}
        for name in names[2:]
        for split, table in loaded[name].items()
        for row in table
    ]
    assert in_order(read) == rows
    assert len(datasets.load_dataset(str(dataset), split="posts", cache_dir=str(tmp_path))) == counts["posts"]


@pytest.mark.filterwarnings("ignore:The given NumPy array is not writable")
def test_ids_reach_torch_without_a_copy(shards):
    for _, bucket, path in shards:
        ids = pq.ParquetFile(path).read().column("input_ids").chunk(0)
        flat = ids.flatten()
        tensor = torch.from_numpy(flat.to_numpy(zero_copy_only=True).reshape(-1, bucket))
        assert tensor.data_ptr() == flat.buffers()[1].address
        assert (tensor.dtype, tensor.shape) == (torch.uint16, (len(ids), bucket))


def test_what_follows_the_end_marker_is_padding(shards):
    for _, bucket, path in shards:
        table = pq.ParquetFile(path).read()
        ids = table.column("input_ids").combine_chunks().flatten().to_numpy().reshape(-1, bucket)
        lengths = table.column("length").to_numpy()[:, None]
        places = np.arange(bucket)
        assert (ids[places >= lengths] == 0).all()
        assert (ids[places < lengths] != 0).all()
        assert (ids[places == lengths - 1] == 3).all()
