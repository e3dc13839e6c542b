import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clean.unicode import regular_characters


@pytest.mark.parametrize(
    ("broken", "repaired"),
    [
        ("itâ€™s", "it’s"),
        ("â€œfineâ€\x9d", "“fine”"),
        ("cafÃ©", "café"),
        ("voilÃ\xa0", "voilà"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет"),
        ("it‚Äôs", "it’s"),
        ("it\x92s", "it’s"),
        ("pl\x85", "pl…"),
    ],
)
def test_mojibake_is_repaired(broken, repaired):
    assert regular_characters(broken) == repaired


def test_mojibake_is_repaired_in_its_line_whatever_stands_in_others():
    assert regular_characters("日本 ☃\ncafÃ©") == "日本 ☃\ncafé"


@pytest.mark.parametrize("text", ["„Café”", "Tomáš Kalibera", "você”", "Ã", "â", "naïve — ‘ok’", "größer"])
def test_honest_text_is_left(text):
    assert regular_characters(text) == text


@pytest.mark.parametrize(
    "invisible",
    ["\u200b", "\u200c", "\u200d", "\u200e", "\u2060", "\ufeff", "\xad", "\0", "\x07", "\x7f", "\ud800", "\U000e0041"],
    ids=ascii,
)
def test_invisible_characters_go(invisible):
    assert regular_characters(f"a{invisible}b") == "ab"


@pytest.mark.parametrize(
    "text",
    ["👩‍👩‍👧", "🏳️‍🌈", "👩🏽‍⚕️", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "می‌خواهم", "क्‍ष"],
    ids=["family", "flag", "profession", "variation", "tag sequence", "Persian", "Hindi"],
)
def test_joiners_stay_in_emoji_and_in_scripts_that_spell_with_them(text):
    assert regular_characters(text) == text


@pytest.mark.parametrize("space", ["\xa0", "\u202f", "\u2007"], ids=ascii)
def test_no_break_spaces_become_spaces(space):
    assert regular_characters(f"a{space}{space}b") == "a  b"


def test_every_line_end_becomes_lf():
    assert regular_characters("a\r\nb\rc\vd\fe\u2028f\u2029g\nh") == "a\nb\nc\nd\ne\nf\ng\nh"


def test_letters_and_their_marks_are_composed_even_over_what_was_invisible():
    assert regular_characters("cafe\u0301 e\u200b\u0301") == "café é"


@given(st.text("aΩ中 \n\r\t\0\x07\u200b\u200c\u200d\xad\xa0\u0301\u0645👩♀🏴\U000e0067\U000e007f\u2028\x85"))
def test_what_is_regular_stays(text):
    assert regular_characters(regular_characters(text)) == regular_characters(text)
