import apache_beam as beam
import numpy as np
from apache_beam.testing import test_pipeline
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dedup.shared_hashes import (
    FindSharedHashes,
    are_shared,
    marks_by_bucket,
    packed_hashes,
    repeated_marks,
)


def shared_among(*arrays):
    """Finds the shared hashes of arrays with a dictionary as shuffle."""
    buckets = {}
    for array in arrays:
        for bucket, marks in marks_by_bucket(np.array(array, np.uint64)):
            buckets.setdefault(bucket, []).append(marks)
    return packed_hashes(repeated_marks(bucket) for bucket in buckets.items())


def found(hashes, shared):
    return are_shared(np.array(hashes, np.uint64), shared).tolist()


@given(st.lists(st.lists(st.integers(0, (1 << 38) - 1), max_size=20), max_size=4), st.integers(0, 3))
def test_exactly_the_repeated_hashes_are_shared(arrays, copied):
    arrays = [*arrays, *arrays[:copied]]
    hashes = [value for array in arrays for value in array]
    assert found(hashes, shared_among(*arrays)) == [hashes.count(value) > 1 for value in hashes]


def test_a_hash_is_compared_by_its_lowest_38_bits():
    assert found([7 | 1 << 38, 7 | 1 << 37], shared_among([7, 7 | 1 << 63])) == [True, False]


def test_nothing_is_shared_where_no_hash_repeats():
    shared = shared_among([1, 2], [3])
    assert shared == b""
    assert are_shared(np.array([[1, 2], [3, 4]], np.uint64), shared).tolist() == [[False, False], [False, False]]


def test_the_pipeline_gives_one_sorted_element_even_without_hashes():
    arrays = [np.array([900, 5, 64], np.uint64), np.array([64, 900], np.uint64)]
    for given_arrays, expected in ((arrays, [64, 900]), ([], [])):
        with test_pipeline.TestPipeline() as pipeline:
            marks = [pair for array in given_arrays for pair in marks_by_bucket(array)]
            shared = pipeline | beam.Create(marks) | FindSharedHashes()
            assert_that(shared, equal_to([np.array(expected, "<u8").tobytes()]))
