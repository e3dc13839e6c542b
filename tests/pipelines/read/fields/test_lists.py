import pytest

from pipelines.read.fields.lists import split_labels, split_names


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("a|b", ("a", "b")),
        ("a, b; c", ("a", "b", "c")),
        ("open  data |open data| ", ("open data",)),
        ("['Mental Health', \"Men's, too\"]", ("Mental Health", "Men's, too")),
        ('["a","b"]', ("a", "b")),
        ("[]", ()),
        ("", ()),
    ],
)
def test_labels_split_on_bars_commas_and_semicolons(cell, labels):
    assert split_labels(cell) == labels


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Jane Doe|John Roe", ("Jane Doe", "John Roe")),
        ("Doe, Jane; PhD", ("Doe, Jane; PhD",)),
        ("['Jane Doe']", ("Jane Doe",)),
        ("[Jane](https://example.org)", ("[Jane](https://example.org)",)),
    ],
)
def test_names_split_on_bars_alone(cell, names):
    assert split_names(cell) == names
