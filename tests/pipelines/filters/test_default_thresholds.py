import pytest

from pipelines.filters.copy import Copy
from pipelines.filters.default_thresholds import default_threshold, is_on_by_default
from pipelines.filters.selection import Selection


def test_a_threshold_is_the_number_of_the_file_and_the_default_of_its_rule():
    assert default_threshold("copy", "minimum") == Copy().minimum == 0.01
    assert default_threshold("selection", "most_alike") == Selection().most_alike == 0.97
    assert isinstance(default_threshold("cycle", "maximum"), float)


@pytest.mark.parametrize(("rule", "is_on"), [("drift", True), ("banned_words", True), ("external", False)])
def test_a_rule_is_on_unless_the_file_says_off(rule, is_on):
    assert is_on_by_default(rule) is is_on
