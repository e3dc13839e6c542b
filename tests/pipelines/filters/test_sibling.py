import pytest

from pipelines.filters.rule import Candidate, Judgement
from pipelines.filters.sibling import Sibling

NUMBERS = "one two three four five six seven eight"


def judge(text: str, *accepted: str, **thresholds: float) -> Judgement:
    return Sibling(**thresholds).judge(Candidate(source="source", text=text, change=0.3, accepted=accepted))


def test_the_first_variation_has_no_sibling():
    assert judge(NUMBERS) == Judgement(rule="sibling", kept=True, value=0.0, threshold=0.97)


def test_the_value_is_the_jaccard_index_of_three_word_runs():
    # 6 runs each, of which the last three differ
    assert judge(NUMBERS, NUMBERS.replace("six", "6")).value == pytest.approx(3 / 9)


def test_the_nearest_sibling_counts_and_is_named():
    assert judge(NUMBERS, "something else altogether", NUMBERS) == Judgement(
        rule="sibling",
        kept=False,
        value=1.0,
        threshold=0.97,
        reason="nearly the same as accepted variation 2 of this post: "
        "the share of common three-word runs 1 is above the maximum 0.97",
    )


def test_case_and_punctuation_make_no_difference():
    assert judge("One, two: three!", "one two three").value == 1.0


def test_in_a_long_post_a_single_changed_word_makes_no_variation():
    words = [f"w{index}" for index in range(1000)]
    other = [*words[:500], "changed", *words[501:]]
    assert judge(" ".join(other), " ".join(words)).value == pytest.approx(995 / 1001)
    assert not judge(" ".join(other), " ".join(words)).kept


def test_texts_of_fewer_than_three_words_are_compared_whole():
    assert judge("Well done", "well done").value == 1.0
    assert judge("Well said", "well done").value == 0.0


def test_the_maximum_is_a_setting():
    assert judge(NUMBERS, NUMBERS, maximum=1).kept
    assert not judge(NUMBERS, NUMBERS.replace("six", "6"), maximum=0.3).kept
