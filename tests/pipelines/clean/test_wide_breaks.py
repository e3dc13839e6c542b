import pytest

from pipelines.clean.wide_breaks import without_wide_breaks


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("春天\n 来了", "春天来了"),
        ("春天\nspring", "春天\nspring"),
        ("봄이\n왔다", "봄이\n왔다"),
        ("one\ntwo", "one\ntwo"),
    ],
)
def test_a_break_between_chinese_or_japanese_characters_is_dropped(text, joined):
    assert without_wide_breaks(text) == joined
