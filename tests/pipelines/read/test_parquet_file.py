import io
import pickle
from datetime import date, datetime, timezone

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import UserError
from pipelines.posts.post import RawPost
from pipelines.read.parquet_file import cut_parquet_file, read_parquet_file


def stored(columns, **settings):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, **settings)
    file.seek(0)
    return file


def read(file, *, columns=None, part=None):
    return list(read_parquet_file(file, source="posts.parquet", columns=columns, part=part))


def test_a_row_is_a_post():
    file = stored(
        {
            "post_id": pa.array([7], pa.int64()),
            "title": pa.array(["A title"]).dictionary_encode(),
            "author": pa.array([{"name": "Jane", "age": 3}]),
            "date": pa.array([datetime(2023, 12, 5, 22, tzinfo=timezone.utc)]),
            "category": pa.array([["news", "a, b"]]),
            "tags": pa.array([["x", None]], pa.large_list(pa.large_string())),
            "embedding": pa.array([[0.5, 0.5]]),
            "text": pa.array(["Words.\n"], pa.large_string()),
        }
    )
    assert read(file) == [
        RawPost(
            source="posts.parquet",
            position=1,
            post_id="7",
            title="A title",
            author="Jane",
            date="2023-12-05",
            category=("news", "a, b"),
            tags=("x",),
            content="Words.\n",
        )
    ]


@pytest.mark.parametrize(
    "day",
    [
        pa.array([date(2023, 12, 5)]),
        pa.array([1701734400], pa.timestamp("s")),
        pa.array([1701734400_000_000_001], pa.timestamp("ns", tz="Europe/Paris")),
        pa.array(["December 5, 2023"]),
    ],
)
def test_dates_of_any_type(day):
    (post,) = read(stored({"date": day, "text": ["Words"]}))
    assert post.date == "2023-12-05"


def test_a_date_beyond_pythons_is_none():
    (post,) = read(stored({"date": pa.array([1 << 40], pa.timestamp("s")), "text": ["Words"]}))
    assert (post.date, post.content) == ("", "Words")


def test_bytes_are_decoded_and_undecodable_ones_cost_their_row_alone():
    results = read(stored({"text": pa.array([b"caf\xe9", b"bad \x81", b"One"])}))
    assert [(each.position, getattr(each, "content", each.__dict__.get("reason"))) for each in results] == [
        (1, "café"),
        (2, "undecodable bytes"),
        (3, "One"),
    ]


def test_strings_that_are_not_utf8_cost_their_row_alone():
    broken = pa.StringArray.from_buffers(2, pa.py_buffer(b"\0\0\0\0\2\0\0\0\5\0\0\0"), pa.py_buffer(b"a\xffTwo"))
    first, second = read(stored({"text": broken}))
    assert (first.reason, second.content) == ("undecodable bytes", "Two")


def test_rows_without_content_and_drafts_are_rejects():
    results = read(stored({"text": [None, " ", "One"], "status": ["publish", "publish", "draft"]}))
    assert [reject.reason for reject in results] == ["empty content", "empty content", "not published"]


def test_columns_asked_for_by_name_or_number():
    file = stored({"text": ["No"], "a.b": ["Yes"], "name": ["T"]})
    (post,) = read(file, columns={"content": "a.b", "title": "3"})
    assert (post.content, post.title) == ("Yes", "T")


def test_a_missing_column_is_told_with_the_remedy():
    file = stored({"words": [1], "title": ["T"]})
    with pytest.raises(UserError) as error:
        read(file)
    assert str(error.value) == (
        "posts.parquet: no content column among words, title; name it with --columns content=NAME"
    )
    with pytest.raises(UserError, match=r"posts.parquet: no column story among words, title; correct --columns"):
        read(file, columns={"content": "story"})


def test_what_cannot_be_sought_in_is_read_too():
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    assert [post.content for post in read(Pipe(stored({"text": ["One", "Two"]}).getvalue()))] == ["One", "Two"]


texts = st.lists(st.sampled_from(["One", "", None, "Two words"]), max_size=20)


@given(texts, st.integers(1, 7), st.integers(1, 200))
def test_part_after_part_is_the_whole(rows, group_rows, size):
    file = stored({"text": pa.array(rows, pa.string()), "n": list(range(len(rows)))}, row_group_size=group_rows)
    parts = cut_parquet_file(file, part_bytes=size)
    whole = read(file)
    assert [item for part in parts for item in read(file, part=part)] == whole
    assert [item.position for item in whole] == list(range(1, len(rows) + 1))
    assert sum(part.records for part in parts) == len(rows)


def test_parts_are_runs_of_row_groups_of_at_least_the_size():
    file = stored({"text": [f"text {n}" for n in range(8)]}, row_group_size=1, use_dictionary=False)
    group = pq.ParquetFile(file).metadata.row_group(0).total_byte_size
    parts = cut_parquet_file(file, part_bytes=group * 3)
    assert [(part.start, part.stop, part.first, part.records) for part in parts] == [
        (0, 3, 1, 3),
        (3, 6, 4, 3),
        (6, 8, 7, 2),
    ]
    assert len(pickle.dumps(parts[0])) < 500


def test_a_parts_hash_follows_from_its_bytes_and_its_first_position():
    def hashes(texts):
        file = stored({"text": texts}, row_group_size=1, use_dictionary=False, write_statistics=False)
        return [part.sha256 for part in cut_parquet_file(file, part_bytes=1)]

    before = hashes(["One", "Two", "Six"])
    assert hashes(["One", "Two", "Six"]) == before
    assert [a == b for a, b in zip(before, hashes(["One", "Ten", "Six"]), strict=True)] == [True, False, True]
    assert hashes(["Two", "Six"])[0] != before[1]
