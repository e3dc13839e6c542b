from datetime import date, datetime, time, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.fields.cells import cell_of


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("  two\n lines ", "  two\n lines "),
        (None, ""),
        (7, "7"),
        (1.5, "1.5"),
        (float("nan"), ""),
        (True, "true"),
        (date(2023, 12, 5), "2023-12-05"),
        (datetime(2023, 12, 5, 10, tzinfo=timezone.utc), "2023-12-05T10:00:00+00:00"),
        (time(10), "10:00:00"),
        (b"caf\xe9", "café"),
        ("a\0b", "ab"),
        ("half \ud800", "half ?"),
        ({"name": "Jane", "url": "x"}, "Jane"),
        ({"rendered": "<p>Words</p>", "protected": False}, "<p>Words</p>"),
        ({"url": "x"}, ""),
        ([], []),
        (["a", None, "", {"name": "b"}, 3, ["nested"]], ["a", "b", "3", "nested"]),
    ],
)
def test_values_become_texts(value, cell):
    assert cell_of(value) == cell


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.sampled_from("a é\0\ud800\udc00")),
    lambda values: st.lists(values) | st.dictionaries(st.sampled_from(["name", "title", "x"]), values),
    max_leaves=8,
)


@given(json_values)
def test_any_value_of_json_can_be_written(value):
    cell = cell_of(value)
    for text in [cell] if isinstance(cell, str) else cell:
        text.encode()
        assert "\0" not in text
