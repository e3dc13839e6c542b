import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.filters.selection import Selection, quality, select

NUMBERS = "one two three four five six seven eight"
OTHER = NUMBERS.replace("six", "6")  # 3 of 6 three-word runs each are common: 3 of 9
FAR = "something else altogether is told in here"


def test_the_best_come_first_where_quality_alone_counts():
    assert select([NUMBERS, OTHER, FAR], [0.2, 0.9, 0.5], 2, balance=1, most_alike=1) == [1, 2]


def test_the_most_diverse_follow_the_first_where_diversity_alone_counts():
    assert select([NUMBERS, OTHER, FAR], [1, 0.9, 0], 3, balance=0, most_alike=1) == [0, 2, 1]


@pytest.mark.parametrize(("of_other", "second"), [(0.85, 1), (0.8, 2)])
def test_between_them_likeness_to_the_nearest_chosen_is_weighed_against_quality(of_other, second):
    # balance × (quality of OTHER - quality of FAR) against (1 - balance) × 1/3
    chosen = select([NUMBERS, OTHER, FAR], [1, of_other, 0.5], 2, balance=0.5, most_alike=1)
    assert chosen == [0, second]


def test_equals_go_by_their_number():
    assert select([FAR, NUMBERS, "four other words here"], [0.5, 0.5, 0.5], 2, balance=0.5, most_alike=1) == [0, 1]


def test_the_same_again_is_never_taken():
    texts = [NUMBERS, "One, two: three! four five six seven EIGHT", FAR]
    assert select(texts, [1, 1, 0], 3, balance=0.5, most_alike=0.97) == [0, 2]


@pytest.mark.parametrize(("most_alike", "chosen"), [(1 / 3, [0, 1]), (0.33, [0])])
def test_likeness_is_the_jaccard_index_of_three_word_runs(most_alike, chosen):
    assert select([NUMBERS, OTHER], [1, 1], 2, balance=0.5, most_alike=most_alike) == chosen


def test_texts_of_fewer_than_three_words_are_compared_whole():
    assert select(["Well done", "well done", "well said"], [1, 1, 1], 3, balance=0.5, most_alike=0.97) == [0, 2]


def test_in_a_long_post_a_single_changed_word_makes_no_variation():
    words = [f"w{index}" for index in range(1000)]
    texts = [" ".join(words), " ".join([*words[:500], "changed", *words[501:]])]
    assert select(texts, [1, 1], 2, balance=0.5, most_alike=Selection().most_alike) == [0]


@given(st.lists(st.tuples(st.text(alphabet="ab ", max_size=12), st.floats(0, 1)), max_size=8), st.integers(0, 9))
def test_a_selection_is_of_different_numbers_and_grows_by_its_last(candidates, count):
    texts, qualities = [text for text, _ in candidates], [each for _, each in candidates]
    chosen = select(texts, qualities, count, balance=0.5, most_alike=0.97)
    assert len({*chosen}) == len(chosen) <= min(count, len(texts))
    assert select(texts, qualities, count - 1, balance=0.5, most_alike=0.97) == chosen[: max(0, count - 1)]
    assert bool(chosen) == bool(texts and count)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({}, 1),
        ({"cycle": None, "similarity": None, "worst_sentence": None, "drift": 0.3}, 1),
        ({"cycle": 0.4}, 0.6),
        ({"cycle": 1.4}, 0),
        ({"similarity": 0.9, "cycle": 0.4}, 0.9),
        ({"similarity": 0.9, "worst_sentence": 0.7}, 0.8),
        ({"worst_sentence": 0.7, "cycle": 0.4}, 0.7),
        ({"similarity": -0.1}, 0),
    ],
)
def test_quality_is_nearness_to_the_source_where_it_was_measured(scores, expected):
    assert quality(scores) == pytest.approx(expected)
