from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.posts.split import SPLITS, id_key, split_of, unit_interval


def splits(count, *, seed=0):
    return {name: split_of(id_key(name), seed=seed) for name in map(str, range(count))}


def test_test_and_validation_are_a_twentieth_each():
    counts = Counter(splits(20_000).values())
    assert sorted(counts) == sorted(SPLITS)
    assert counts["test"] / 20_000 == pytest.approx(0.05, abs=0.006)
    assert counts["validation"] / 20_000 == pytest.approx(0.05, abs=0.006)
    assert counts["train"] == 20_000 - counts["test"] - counts["validation"]


def test_growth_moves_no_post():
    few, many = splits(100), splits(1000)
    assert few.items() <= many.items()


def test_another_seed_gives_other_splits():
    assert splits(1000) != splits(1000, seed=1)


@given(st.text())
def test_hashes_are_at_least_0_and_below_1(text):
    assert 0 <= unit_interval(text) < 1
