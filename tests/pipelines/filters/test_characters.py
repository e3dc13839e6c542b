import pytest

from pipelines.filters.characters import Characters
from pipelines.filters.rule import Candidate, Judgement


def judge(text: str, source: str = "A plain sentence.", **thresholds: float) -> Judgement:
    return Characters(**thresholds).judge(Candidate(source=source, text=text, change=0.3))


def test_sound_text_is_kept_whatever_its_script():
    text = "Naïve “café” – 日本語 🎉\n\n\tIndented,\r\nand <b>bold</b> at 3 < 4."
    assert judge(text) == Judgement(rule="characters", kept=True, value=0.0, threshold=0)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("\ufffd", "U+FFFD"),
        ("⁇", "U+2047"),
        ("\x00", "U+0000"),
        ("\x1b", "U+001B"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("\ud800", "U+D800"),
        ("<num>", "<num>"),
        ("<url>", "<url>"),
        ("<code>", "<code>"),
    ],
)
def test_each_broken_character_and_placeholder_is_rejected_by_name(broken, told):
    assert judge(f"A {broken} sentence.") == Judgement(
        rule="characters",
        kept=False,
        value=1.0,
        threshold=0,
        reason=f"broken characters or leftover placeholders that the source does not hold: {told} × 1",
    )


def test_what_the_source_holds_may_stand_as_often():
    source = "Write <code> and <code>."
    assert judge("Put <code> or <code>.", source=source).kept
    judgement = judge("<code><code><code> ⁇ ⁇", source=source)
    assert judgement.value == 3.0
    assert judgement.reason.endswith(": <code> × 1, U+2047 × 2")


def test_one_kind_of_the_source_does_not_make_room_for_another():
    assert judge("A <num>.", source="A <url>.").value == 1.0


def test_the_surplus_is_a_setting():
    assert judge("⁇", maximum=1).kept
    assert not judge("⁇⁇", maximum=1).kept
