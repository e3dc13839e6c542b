import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dedup.keys import UNDATED, KnownPosts, PostPlace, UnitKeys, numbers_of, place_of, split_code
from pipelines.posts.split import SPLITS, id_key


def unit_keys(number, *, dates):
    return UnitKeys.of(
        number=number,
        dates=dates,
        contents=[f"{row:064x}" for row in range(len(dates))],
        ids=[f"post {row}" for row in range(len(dates))],
        bands=np.zeros((len(dates), 2), np.uint64),
    )


@given(st.integers(0, (1 << 40) - 1), st.integers(0, 5))
def test_a_key_names_the_place_of_its_post(number, row):
    keys = unit_keys(number, dates=[""] * 6).keys
    assert place_of(int(keys[row])) == PostPlace(number, row)
    assert numbers_of(keys).tolist() == [number] * 6


def test_columns_become_arrays_of_fixed_size():
    keys = unit_keys(3, dates=["2024-05-31", ""])
    assert (keys.dates.dtype, keys.dates.tolist()) == (np.int32, [20240531, UNDATED])
    assert keys.contents.view("u1").reshape(2, 32)[:, -1].tolist() == [0, 1]
    assert keys.ids.tolist() == [id_key("post 0"), id_key("post 1")]


def test_a_unit_number_too_large_for_a_key_is_refused():
    with pytest.raises(ValueError, match=r"unit 1099511627776 of 1 posts: at most 2\^40 units of 2\^24"):
        unit_keys(1 << 40, dates=[""])


def test_known_posts_hold_contents_and_codes_of_splits():
    known = KnownPosts.of(contents=["ff" * 32, "01" * 32], splits=["test", "train"])
    assert known.rows["content"].tolist() == [b"\xff" * 32, b"\x01" * 32]
    assert known.rows["split"].tolist() == [split_code("test"), split_code("train")]


def test_codes_of_splits_count_from_1():
    assert [split_code(split) for split in SPLITS] == [1, 2, 3]
