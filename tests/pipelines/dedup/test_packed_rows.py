import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dedup.packed_rows import by_bucket, firsts, pack_rows, records, unpack_rows

PAIR = np.dtype([("key", "<u8"), ("split", "u1")])


def test_records_join_columns_to_rows():
    assert records(PAIR, key=[1, 2], split=[3, 4]).tolist() == [(1, 3), (2, 4)]


@given(st.lists(st.integers(0, 5), max_size=20))
def test_every_row_is_in_its_bucket_in_the_order_it_came(buckets):
    expected = {bucket: [row for row, own in enumerate(buckets) if own == bucket] for bucket in sorted(set(buckets))}
    assert {bucket: rows.tolist() for bucket, rows in by_bucket(np.array(buckets, np.uint8))} == expected


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 255)), max_size=20))
def test_packed_rows_are_unpacked_to_the_same_rows(pairs):
    rows = np.array(pairs, PAIR)
    packed = dict(pack_rows(rows, rows["key"] % np.uint64(3)))
    assert all(key % 3 == bucket for bucket, data in packed.items() for key, _ in unpack_rows([data], PAIR).tolist())
    assert sorted(unpack_rows(packed.values(), PAIR).tolist()) == sorted(rows.tolist())


@given(st.lists(st.integers(0, 4), max_size=12).map(sorted))
def test_firsts_are_the_indices_of_the_first_equal_values(values):
    assert firsts(np.array(values, np.int64)).tolist() == [values.index(value) for value in values]
