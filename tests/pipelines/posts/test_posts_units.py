import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import UserError
from pipelines.posts.posts_units import plan_posts, read_posts

SPLITS = {"0": ["train", "test", "train"], "1": ["train", "train"], "2": ["test", "validation", "test"]}
"""The splits of the posts in each row group; the first file has two groups."""


@pytest.fixture
def dataset(tmp_path):
    (tmp_path / "posts").mkdir()
    files = []
    for number, groups in enumerate((("0", "1"), ("2",))):
        path = tmp_path / f"posts/part-{number}.parquet"
        with pq.ParquetWriter(path, pa.schema([("post_id", pa.string()), ("split", pa.string())])) as writer:
            for group in groups:
                rows = [{"post_id": f"{group}{row}", "split": split} for row, split in enumerate(SPLITS[group])]
                writer.write_table(pa.Table.from_pylist(rows, writer.schema))
        files.append({"path": f"posts/part-{number}.parquet", "sha256": f"sha-{number}"})
    files.append({"path": "rejects/part-0.parquet", "sha256": "sha"})
    (tmp_path / "MANIFEST.json").write_text(json.dumps({"files": files}))
    return tmp_path


def planned(dataset, **arguments):
    return list(plan_posts(str(dataset), **{"facts": ["settings"], "limit": None, **arguments}))


def ids(units):
    return [[post["post_id"] for post in read_posts(unit)] for unit in units]


def test_a_unit_is_a_row_group(dataset):
    units = planned(dataset)
    assert ids(units) == [["00", "01", "02"], ["10", "11"], ["20", "21", "22"]]
    assert [unit.take for unit in units] == [3, 2, 3]


def test_a_limit_may_end_within_a_row_group(dataset):
    assert ids(planned(dataset, limit=4)) == [["00", "01", "02"], ["10"]]
    assert ids(planned(dataset, limit=3)) == [["00", "01", "02"]]


def test_a_split_leaves_out_other_posts_and_empty_units(dataset):
    assert ids(planned(dataset, split="test")) == [["01"], ["20", "22"]]
    assert ids(planned(dataset, split="test", limit=2)) == [["01"], ["20"]]
    assert [unit.take for unit in planned(dataset, split="train")] == [2, 2]


def test_a_fingerprint_depends_on_facts_contents_and_the_number_of_posts(dataset):
    names = {unit.fingerprint for unit in planned(dataset)}
    assert len(names) == 3
    assert {unit.fingerprint for unit in planned(dataset)} == names
    assert not names & {unit.fingerprint for unit in planned(dataset, facts=["others"])}
    assert len(names & {unit.fingerprint for unit in planned(dataset, limit=4)}) == 1
    manifest = json.loads((dataset / "MANIFEST.json").read_text())
    manifest["files"][1]["sha256"] = "other"
    (dataset / "MANIFEST.json").write_text(json.dumps(manifest))
    assert len(names & {unit.fingerprint for unit in planned(dataset)}) == 2


def test_a_folder_without_a_dataset_is_a_user_error(tmp_path):
    with pytest.raises(UserError, match="holds no dataset: run `blogvae prepare`"):
        planned(tmp_path)


@pytest.mark.parametrize("split", [None, "test"])
def test_the_error_names_a_broken_file(dataset, split):
    path = dataset / "posts/part-1.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UserError, match=r"posts/part-1\.parquet is missing or broken; run prepare again"):
        planned(dataset, split=split)
