import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.protobuf import field, read_fields

numbers = st.integers(1, 1 << 20)
values = st.one_of(st.integers(0, 1 << 62), st.floats(width=32), st.text(max_size=300), st.binary(max_size=300))


@given(st.lists(st.tuples(numbers, values)))
def test_fields_are_read_in_the_order_they_were_written(pairs):
    fields = [(number, field(number, value)) for number, value in pairs]
    assert list(read_fields(b"".join(raw for _, raw in fields))) == fields


@pytest.mark.parametrize(
    ("number", "value", "raw"),
    # The first two are examples in the description of the format.
    [
        (1, 150, b"\x08\x96\x01"),
        (2, "testing", b"\x12\x07testing"),
        (2, 0.0, b"\x15\0\0\0\0"),
        (40, 3, b"\xc0\x02\x03"),
    ],
)
def test_a_field_has_the_bytes_of_the_format(number, value, raw):
    assert field(number, value) == raw


def test_a_field_of_eight_bytes_is_read_whole():
    eight = b"\x19" + struct.pack("<d", 1.5)
    assert list(read_fields(eight + field(1, 7))) == [(3, eight), (1, field(1, 7))]
