import pytest

from pipelines.filters.loop import Loop
from pipelines.filters.rule import Judgement


def test_a_text_without_loops_is_kept(judge):
    assert judge(Loop(), "Another sentence.") == Judgement(rule="loop", kept=True, value=1.0, threshold=2)


def test_twice_in_a_row_is_language(judge):
    judgement = judge(Loop(), "It was very, very good that he had had one.")
    assert (judgement.kept, judgement.value) == (True, 2.0)


@pytest.mark.parametrize("run", ["on", "on and", "on and on", "so it went on"])
def test_one_to_four_words_three_times_in_a_row_are_a_loop(judge, run):
    judgement = judge(Loop(), f"It ended {run} {run} {run}.")
    assert (judgement.kept, judgement.value) == (False, 3.0)


def test_the_worst_loop_counts(judge):
    assert judge(Loop(), "Go go go, no no no no no, go!").reason == (
        "times in a row that the same words stand, where the source has fewer: 5, above the maximum 2"
    )


def test_times_in_a_row_are_whole_rounds(judge):
    assert judge(Loop(), "left right left right left").value == 2.0
    assert judge(Loop(), "left right left right left right left").value == 3.0


def test_the_same_words_apart_are_no_loop(judge):
    assert judge(Loop(), "he says no, she says no, they shout no").value == 1.0


def test_a_loop_of_the_source_may_stand_but_not_grow(judge):
    assert judge(Loop(), "Ha ha ha, indeed.", source="Ha ha ha, truly.").kept
    assert judge(Loop(), "Ha ha ha ha, indeed.", source="Ha ha ha, truly.").value == 4.0


def test_a_loop_of_the_source_excuses_no_other(judge):
    assert not judge(Loop(), "Ho ho ho, truly.", source="Ha ha ha, truly.").kept


def test_a_loop_that_begins_at_another_of_its_words_is_the_same_loop(judge):
    assert judge(Loop(), "right left right left right left", source="so left right left right left right left").kept


def test_case_and_punctuation_do_not_hide_a_loop(judge):
    assert judge(Loop(), "The, the. THE").value == 3.0


def test_the_times_are_a_setting(judge):
    assert judge(Loop(maximum=3), "no no no").kept
    assert not judge(Loop(maximum=1), "no no").kept
