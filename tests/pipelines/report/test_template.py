import pytest
from jinja2 import UndefinedError

from pipelines.report.template import environment, share


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "–"),
        (0, "0%"),
        (1, "100%"),
        (0.00003, "< 0.01%"),
        (0.0046, "0.46%"),
        (0.0384, "3.8%"),
        (0.387, "38.7%"),
        (0.9912, "99.12%"),
        (0.9995, "99.95%"),
        (0.99996, "> 99.99%"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(value, expected):
    assert share(value) == expected


def test_a_name_nobody_passed_is_an_error():
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nothing }}").render()
