import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dataset.staged_posts import (
    blocks_array,
    blocks_of,
    content_sha256,
    read_columns,
    read_staged,
    receipt_path,
    staged_files,
    staged_path,
    staged_schema,
    unit_keys,
)
from pipelines.dedup.keys import UNDATED
from pipelines.posts.post import Block
from pipelines.posts.schemas import BLOCK_TYPE, POSTS_SCHEMA
from pipelines.posts.split import id_key

BLOCKS = st.builds(Block, kind=st.sampled_from(["paragraph", "code"]), text=st.text(max_size=5))


@given(st.lists(st.lists(BLOCKS, max_size=3), max_size=5))
def test_blocks_of_reads_back_what_blocks_array_wrote(posts):
    column = blocks_array(posts)
    assert column.type == pa.list_(BLOCK_TYPE)
    assert blocks_of(column) == posts


@given(st.lists(st.lists(BLOCKS, max_size=3), min_size=2, max_size=5))
def test_blocks_of_a_slice_are_those_of_its_rows(posts):
    assert blocks_of(blocks_array(posts).slice(1, len(posts) - 2)) == posts[1:-1]


def test_the_staged_columns_are_those_of_posts_without_text_and_split_plus_position_and_bands():
    schema = staged_schema(14)
    names = [name for name in POSTS_SCHEMA.names if name not in {"text", "split"}]
    assert schema.names == [*names, "position", "bands"]
    assert schema.field("bands").type == pa.list_(pa.uint64(), 14)


def test_staged_files_are_the_receipt_the_posts_and_the_rejects():
    assert staged_files("out", "unit") == [
        receipt_path("out", "unit"),
        staged_path("out", "unit", "posts"),
        staged_path("out", "unit", "rejects"),
    ]


@pytest.fixture
def output(tmp_path):
    return str(tmp_path / "dataset")


def test_staged_posts_are_read_in_row_groups_or_by_column(staged, output):
    (unit,) = staged({"posts.csv": "id,content\n" + "".join(f"{n},The kettle {n} sings.\n" for n in range(300))})
    path = staged_path(output, unit.fingerprint, "posts")
    assert [len(batch) for batch in read_staged(path)] == [256, 44]
    table = read_columns(path, ["position", "post_id"])
    assert table.column("post_id").to_pylist() == [str(n) for n in range(300)]
    assert table.column_names == ["position", "post_id"]


def test_unit_keys_are_those_of_the_staged_rows(staged, output):
    texts = {"2024-05-31-a.txt": "The kettle sings.", "b.txt": "The lamp goes out."}
    (unit,) = staged(texts)
    keys = unit_keys((7, unit.fingerprint), output=output)
    table = read_columns(staged_path(output, unit.fingerprint, "posts"), ["post_id", "bands"])
    assert keys.number == 7
    assert keys.dates.tolist() == [20240531, UNDATED]
    assert [content.hex() for content in keys.contents.tolist()] == [content_sha256(text) for text in texts.values()]
    assert keys.ids.tolist() == [id_key(post_id) for post_id in table.column("post_id").to_pylist()]
    assert keys.bands.tolist() == table.column("bands").to_pylist()
