import pytest

from pipelines.filters.length_ratio import LengthRatio
from pipelines.filters.rule import Candidate, Judgement


def words(count: int) -> str:
    return " ".join(["word"] * count)


def judge(text: str, source: str, **thresholds: float) -> Judgement:
    return LengthRatio(**thresholds).judge(Candidate(source=source, text=text, change=0.3))


@pytest.mark.parametrize(("count", "ratio"), [(6, 0.6), (10, 1.0), (16, 1.6)])
def test_a_ratio_on_or_between_the_bounds_is_kept(count, ratio):
    judgement = judge(words(count), words(10))
    assert (judgement.kept, judgement.value, judgement.reason) == (True, ratio, "")


def test_too_short_tells_the_minimum():
    assert judge(words(5), words(10)) == Judgement(
        rule="length_ratio",
        kept=False,
        value=0.5,
        threshold=0.6,
        reason="5 words for 10 in the source: the ratio 0.5 is below the minimum 0.6",
    )


def test_too_long_tells_the_maximum():
    assert judge(words(17), words(10)) == Judgement(
        rule="length_ratio",
        kept=False,
        value=1.7,
        threshold=1.6,
        reason="17 words for 10 in the source: the ratio 1.7 is above the maximum 1.6",
    )


def test_punctuation_and_markup_are_no_words():
    assert judge("- one – two!", "One, two").value == 1.0


def test_of_a_source_without_words_only_a_text_without_words_is_kept():
    assert judge("!", "…").kept
    assert judge("two words", "…").value == 2.0


def test_the_bounds_are_settings():
    assert judge(words(5), words(10), minimum=0.5).kept
    assert not judge(words(12), words(10), maximum=1.1).kept
