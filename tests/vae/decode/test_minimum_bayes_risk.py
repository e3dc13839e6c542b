from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vae.decode.minimum_bayes_risk import most_expected

texts = st.lists(st.integers(4, 8), max_size=6)


@given(texts, st.integers(1, 8))
def test_equal_candidates_give_that_text(text, times):
    assert most_expected([text] * times) == text


@given(st.lists(texts, min_size=1, max_size=6))
def test_the_result_is_one_of_the_candidates(candidates):
    assert most_expected(candidates) in candidates


@given(texts, texts)
def test_the_first_of_two_different_texts_is_chosen(first, second):
    assert most_expected([first, second]) == first


@given(texts, texts)
def test_the_more_frequent_text_is_chosen(text, other):
    assume(sorted(pairwise([0, *text, 0])) != sorted(pairwise([0, *other, 0])))
    assert most_expected([other, text, text]) == text


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        ([[4, 5, 6, 7], [4, 5, 6, 8], [4, 5, 9, 7]], [4, 5, 6, 7]),  # shares most with both others
        ([[4, 5, 6], [6, 5, 4], [4, 5, 6, 7]], [4, 5, 6]),  # the order counts
        ([[4], [4, 4, 4, 4, 4, 4], [4, 4]], [4, 4]),  # the number of times a piece occurs counts
        ([[9, 9], [], [4, 5], [5, 4, 5]], [4, 5]),
        ([[], [9], []], []),
    ],
)
def test_the_candidate_that_shares_most_with_all_is_chosen(candidates, chosen):
    assert most_expected(candidates) == chosen
