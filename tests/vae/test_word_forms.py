import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.word_forms import inflection, same_stem


@pytest.mark.parametrize(
    ("word", "ending"),
    [
        *(("lamps", "s"), ("paints", "s"), ("painted", "ed"), ("painting", "ing"), ("quickly", "ly")),
        *(("lamp", ""), ("glass", ""), ("is", ""), ("was", ""), ("red", ""), ("ring", ""), ("fly", ""), ("", "")),
        *(("gas", ""), ("cats", "s"), ("added", "ed"), ("cleaning", "ing"), ("thing", ""), ("only", "")),
    ],
)
def test_the_inflection_of_a_word_is_told_by_its_ending(word, ending):
    assert inflection(word) == ending


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        *(("lamp", "lamps", True), ("makes", "making", True), ("state", "station", True), ("quick", "quickly", True)),
        *(("cat", "cat", True), ("cat", "cats", True), ("cat", "car", False), ("in", "into", False)),
        *(("paint", "painting", True), ("paint", "paintings", False), ("the", "then", True), ("lamp", "dog", False)),
    ],
)
def test_forms_of_one_word_begin_alike_and_end_soon(first, second, same):
    assert same_stem(first, second) is same


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_the_order_of_two_forms_does_not_count(first, second):
    assert same_stem(first, second) == same_stem(second, first)
