import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.sorted_hashes import SortedHashes

hashes = st.lists(st.integers(0, 2**64 - 1), max_size=50).map(lambda found: np.array(found, np.uint64))


@given(hashes, hashes)
def test_what_is_in_the_set_is_found_and_hardly_anything_else(held, others):
    found = SortedHashes.of(held)
    assert found.find(held)[1].all()
    place, seen = found.find(others)
    kept = {int(value) >> (64 - found.bits) for value in held}
    assert seen.tolist() == [int(value) >> (64 - found.bits) in kept for value in others]
    assert (found.values[place[seen]] == others[seen] >> np.uint64(64 - found.bits)).all()


@given(hashes, hashes)
def test_a_union_finds_what_either_holds(first, second):
    both = SortedHashes.of(first).union(second)
    assert both.find(first)[1].all()
    assert both.find(second)[1].all()
    assert both.bits == SortedHashes.of(first).bits


@given(hashes)
def test_arrays_give_the_set_back_whatever_the_order(held):
    found = SortedHashes.of(held)
    again = SortedHashes.from_arrays(found.arrays("a"), "a")
    assert again.bits == found.bits
    assert again.values.tolist() == found.values.tolist() == SortedHashes.of(held[::-1]).values.tolist()


@pytest.fixture(scope="module")
def large():
    return np.random.default_rng(0).integers(0, 2**64, 300_000, np.uint64)


def test_a_hash_takes_four_bytes(large):
    assert sum(array.nbytes for array in SortedHashes.of(large).arrays("a").values()) == 4 * 300_000 + 1


def test_of_two_to_the_24_others_about_one_passes(large):
    found = SortedHashes.of(large)
    assert len(found) == 300_000
    assert len(found) / 2**found.bits <= 2**-24
    # With 14 spare bits in place of 24 some 170 of these would be found.
    assert found.find(np.random.default_rng(1).integers(0, 2**64, 5_000_000, np.uint64))[1].sum() <= 5
