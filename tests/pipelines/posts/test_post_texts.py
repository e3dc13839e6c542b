import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import UserError
from pipelines.posts.post_texts import post_texts


@pytest.fixture
def dataset(tmp_path):
    """A dataset of nine posts in two files with row groups of two."""
    (tmp_path / "posts").mkdir()
    files = []
    for part, numbers in enumerate((range(5), range(5, 9))):
        path = f"posts/part-{part}.parquet"
        rows = pa.table({"post_id": [str(n) for n in numbers], "text": [f"Text {n}." for n in numbers]})
        pq.write_table(rows, tmp_path / path, row_group_size=2)
        files.append({"path": path})
    files.append({"path": "shards/part-0.parquet"})
    (tmp_path / "MANIFEST.json").write_text(json.dumps({"files": files}))
    return str(tmp_path)


def test_texts_are_read_by_id_from_all_files(dataset):
    assert post_texts(dataset, ["8", "0", "4"]) == {"8": "Text 8.", "0": "Text 0.", "4": "Text 4."}


def test_no_ids_give_no_texts(dataset):
    assert post_texts(dataset, []) == {}


def test_the_error_names_a_post_that_the_dataset_lacks(dataset):
    with pytest.raises(UserError, match="has no post '9': it is not the dataset that was varied"):
        post_texts(dataset, ["0", "9"])


def test_the_error_names_a_dataset_that_does_not_exist(tmp_path):
    with pytest.raises(UserError, match=r"nowhere: the posts that the rules compare with cannot be read"):
        post_texts(str(tmp_path / "nowhere"), ["0"])
