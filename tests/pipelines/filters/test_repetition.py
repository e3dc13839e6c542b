import pytest

from pipelines.filters.repetition import Repetition
from pipelines.filters.rule import Judgement

FRESH = "a b c d e f g h i j k l m n"


def test_a_text_without_repeated_runs_is_kept(judge):
    assert judge(Repetition(), "one two three four five six") == Judgement(
        rule="repetition", kept=True, value=0.0, threshold=0.05
    )


def test_runs_that_stood_before_are_counted_from_their_second_time_on(judge):
    # 7 runs of four words, of which the fourth to seventh begin with a, b, c, a again: 4 new ones and the repeated
    # "a b c a", "b c a b", "c a b c" once more, and "a b c a" a third time
    judgement = judge(Repetition(), "a b c a b c a b c a", source=FRESH)
    assert judgement.value == pytest.approx(4 / 7)
    assert judgement.reason == "repeated four-word runs beyond the source's: 0.5714, above the maximum 0.05"


def test_what_the_source_repeats_is_no_fault_of_the_text(judge):
    refrain = "we will meet again some day"
    source = f"{refrain} and until then {refrain}"
    text = source.replace("until", "before")
    assert judge(Repetition(), text, source=source).value == 0.0
    assert judge(Repetition(), text, source=FRESH).value == pytest.approx(3 / 12)


def test_less_repetition_than_in_the_source_is_worth_zero_not_less(judge):
    assert judge(Repetition(), FRESH, source="a b c d a b c d").value == 0.0


def test_case_and_punctuation_do_not_hide_a_repetition(judge):
    assert judge(Repetition(), "Here we go now. HERE we go, now!").value == pytest.approx(1 / 5)


def test_fewer_than_four_words_repeat_nothing(judge):
    assert judge(Repetition(), "no no no").value == 0.0


def test_the_share_is_a_setting(judge):
    text = "Here we go now. Here we go now."
    assert judge(Repetition(maximum=0.2), text).kept
    assert not judge(Repetition(maximum=0.19), text).kept
