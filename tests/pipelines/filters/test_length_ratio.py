import pytest

from pipelines.filters.length_ratio import LengthRatio
from pipelines.filters.rule import Judgement


def words(count: int) -> str:
    return " ".join(["word"] * count)


@pytest.mark.parametrize(("count", "ratio"), [(6, 0.6), (10, 1.0), (16, 1.6)])
def test_a_ratio_on_or_between_the_bounds_is_kept(judge, count, ratio):
    judgement = judge(LengthRatio(), words(count), source=words(10))
    assert (judgement.kept, judgement.value, judgement.reason) == (True, ratio, "")


@pytest.mark.parametrize(
    ("count", "ratio", "threshold", "side"), [(5, 0.5, 0.6, "below the minimum"), (17, 1.7, 1.6, "above the maximum")]
)
def test_the_threshold_told_is_the_bound_missed(judge, count, ratio, threshold, side):
    assert judge(LengthRatio(), words(count), source=words(10)) == Judgement(
        rule="length_ratio",
        kept=False,
        value=ratio,
        threshold=threshold,
        reason=f"words, divided by those of the source: {ratio}, {side} {threshold}",
    )


def test_punctuation_and_markup_are_no_words(judge):
    assert judge(LengthRatio(), "- one – two!", source="One, two").value == 1.0


def test_of_a_source_without_words_only_a_text_without_words_is_kept(judge):
    assert judge(LengthRatio(), "!", source="…").kept
    assert judge(LengthRatio(), "two words", source="…").value == 2.0


def test_the_bounds_are_settings(judge):
    assert judge(LengthRatio(minimum=0.5), words(5), source=words(10)).kept
    assert not judge(LengthRatio(maximum=1.1), words(12), source=words(10)).kept
