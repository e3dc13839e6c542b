import pytest

from pipelines.filters.loop import Loop
from pipelines.filters.rule import Candidate, Judgement


def judge(text: str, source: str = "A plain sentence.", **thresholds: float) -> Judgement:
    return Loop(**thresholds).judge(Candidate(source=source, text=text, change=0.3))


def test_a_text_without_loops_is_kept():
    assert judge("Another plain sentence.") == Judgement(rule="loop", kept=True, value=1.0, threshold=2)


def test_twice_in_a_row_is_language():
    judgement = judge("It was very, very good that he had had one.")
    assert (judgement.kept, judgement.value) == (True, 2.0)


@pytest.mark.parametrize("run", ["on", "on and", "on and on", "so it went on"])
def test_one_to_four_words_three_times_in_a_row_are_a_loop(run):
    judgement = judge(f"It ended {run} {run} {run}.")
    assert (judgement.kept, judgement.value) == (False, 3.0)


def test_the_reason_shows_the_worst_loop():
    assert judge("Go go go, no no no no no, go!").reason == (
        "“no” stands 5 times in a row, where 2 are allowed and the source has fewer"
    )


def test_times_in_a_row_are_whole_rounds():
    assert judge("left right left right left").value == 2.0
    assert judge("left right left right left right left").value == 3.0


def test_the_same_words_apart_are_no_loop():
    assert judge("he says no, she says no, they shout no").value == 1.0


def test_a_loop_of_the_source_may_stand_but_not_grow():
    assert judge("Ha ha ha, indeed.", source="Ha ha ha, truly.").kept
    assert judge("Ha ha ha ha, indeed.", source="Ha ha ha, truly.").value == 4.0


def test_a_loop_of_the_source_excuses_no_other():
    assert not judge("Ho ho ho, truly.", source="Ha ha ha, truly.").kept


def test_a_loop_that_begins_at_another_of_its_words_is_the_same_loop():
    assert judge("right left right left right left", source="so left right left right left right").kept


def test_case_and_punctuation_do_not_hide_a_loop():
    assert judge("The, the. THE").value == 3.0


def test_the_times_are_a_setting():
    assert judge("no no no", maximum=3).kept
    assert not judge("no no", maximum=1).kept
