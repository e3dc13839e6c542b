import pytest

from pipelines.filters.characters import Characters
from pipelines.filters.rule import Judgement


def test_sound_text_is_kept_whatever_its_script(judge):
    text = "Naïve “café” – 日本語 🎉\n\n\tIndented,\r\nand <b>bold</b> at 3 < 4."
    assert judge(Characters(), text) == Judgement(rule="characters", kept=True, value=0.0, threshold=0)


@pytest.mark.parametrize(
    "broken",
    ["\ufffd", "⁇", "\x00", "\x1b", "\x7f", "\x85", chr(0xD800), "<num>", "<url>", "<code>"],
)
def test_each_broken_character_and_placeholder_is_rejected(judge, broken):
    assert judge(Characters(), f"A {broken} sentence.") == Judgement(
        rule="characters",
        kept=False,
        value=1.0,
        threshold=0,
        reason="broken characters and leftover placeholders beyond the source's: 1, above the maximum 0",
    )


def test_what_the_source_holds_may_stand_as_often(judge):
    source = "Write <code> and <code>."
    assert judge(Characters(), "Put <code> or <code>.", source=source).kept
    assert judge(Characters(), "<code><code><code> ⁇ ⁇", source=source).value == 3.0


def test_one_kind_of_the_source_does_not_make_room_for_another(judge):
    assert judge(Characters(), "A <num>.", source="A <url>.").value == 1.0


def test_the_surplus_is_a_setting(judge):
    assert judge(Characters(maximum=1), "⁇").kept
    assert not judge(Characters(maximum=1), "⁇⁇").kept
