import pytest

from pipelines.filters.rule import Judgement
from pipelines.filters.worst_sentence import WorstSentence

pytestmark = pytest.mark.usefixtures("embedded")


def test_the_value_is_the_smallest_cosine_of_a_sentence(judge):
    segments = (("A b. A a. A.", "A a. A a. A."), ("A a a b.", "A a a a."))
    assert judge(WorstSentence(), "", segments=segments, language="en") == Judgement(
        rule="worst_sentence", kept=True, value=pytest.approx(0.5**0.5), threshold=0.7
    )


def test_one_sentence_that_says_something_else_is_enough_to_reject(judge):
    segments = (("A a. A a. A a.", "A a. B b. A a."),)
    assert judge(WorstSentence(minimum=0.5), "", segments=segments, language="en") == Judgement(
        rule="worst_sentence",
        kept=False,
        value=pytest.approx(0, abs=1e-6),
        threshold=0.5,
        reason="smallest cosine of a sentence's embedding with its source's: 2.5e-13, below the minimum 0.5",
    )


def test_a_copy_has_no_worst_sentence(judge):
    assert judge(WorstSentence(), "", segments=(("A a. B b.", "A a. B b."),), language="en").value == 1


@pytest.mark.parametrize(("segments", "language"), [((), "en"), ((("a", "b"),), "fr")])
def test_nothing_is_measured_without_varied_segments_or_in_a_language_that_is_not_read(judge, segments, language):
    assert judge(WorstSentence(), "b", source="a", segments=segments, language=language) is None
