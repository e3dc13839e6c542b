import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.filters.banned_words import BannedWords
from pipelines.filters.copy import Copy
from pipelines.filters.external import External
from pipelines.filters.profanity import Profanity
from pipelines.filters.rule import Candidate, Judgement, RemeasurableRule, plain_settings, within
from pipelines.filters.similarity import Similarity
from pipelines.filters.worst_sentence import WorstSentence


def judged(value, **bounds):
    return within("rule", value, what="share", **bounds)


def test_a_value_on_a_bound_is_kept():
    assert judged(1.0, minimum=1, maximum=2) == Judgement(rule="rule", kept=True, value=1.0, threshold=2)
    assert judged(2.0, minimum=1, maximum=2) == Judgement(rule="rule", kept=True, value=2.0, threshold=2)


@pytest.mark.parametrize(
    ("value", "threshold", "reason"),
    [(0.51, 1, "share: 0.51, below the minimum 1"), (2.12345, 2, "share: 2.123, above the maximum 2")],
)
def test_a_value_beyond_a_bound_is_rejected_with_that_bound(value, threshold, reason):
    expected = Judgement(rule="rule", kept=False, value=value, threshold=threshold, reason=reason)
    assert judged(value, minimum=1, maximum=2) == expected


@given(st.floats(-10, 10), st.none() | st.floats(-5, 0), st.none() | st.floats(0, 5))
def test_none_is_no_bound(value, minimum, maximum):
    expected = (minimum is None or value >= minimum) and (maximum is None or value <= maximum)
    judgement = judged(value, minimum=minimum, maximum=maximum)
    assert judgement.kept == expected
    assert bool(judgement.reason) != judgement.kept


def test_masked_segments_are_joined_and_hold_no_lone_surrogates():
    candidate = Candidate(source="", text="", change=0, segments=(("a <num>.", "b <num>."), ("c.", "d\ud83d.")))
    assert candidate.masked == ("a <num>. c.", "b <num>. d?.")
    assert Candidate(source="a", text="b", change=0).masked == ("", "")


def test_settings_are_plain_data():
    assert plain_settings(BannedWords(words=("a", "b"))) == {"words": ["a", "b"]}


def test_a_rule_that_needs_the_model_is_not_remeasurable():
    assert not isinstance(Copy(), RemeasurableRule)


@pytest.mark.parametrize(
    ("rule", "earlier", "same"),
    [
        (BannedWords(words=("a",)), {"words": ["a"]}, True),
        (BannedWords(words=("a",)), {"words": ["b"]}, False),
        (BannedWords(), {}, False),
        (External(function="math:sqrt"), {"function": "math:sqrt", "minimum": None, "maximum": None}, True),
        (External(function="math:sqrt"), {"function": "math:exp", "minimum": None, "maximum": None}, False),
        (Similarity(minimum=0.5), {"minimum": 0.9, "encoder": "sentence-en"}, True),
        (Similarity(), {"encoder": "another"}, False),
        (Similarity(), {}, False),
        (WorstSentence(minimum=0.5), {"minimum": 0.9}, True),
        (WorstSentence(), {}, False),
    ],
)
def test_a_remeasurable_rule_knows_the_settings_with_which_it_measures_the_same(rule, earlier, same):
    assert isinstance(rule, RemeasurableRule)
    assert rule.measures_as(earlier) is same


def test_a_list_in_a_file_may_have_changed(tmp_path):
    (tmp_path / "words.txt").write_text("damn")
    rule = Profanity(words=str(tmp_path / "words.txt"))
    assert not rule.measures_as(plain_settings(rule))
