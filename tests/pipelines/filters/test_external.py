import sys
from math import inf
from types import ModuleType

import pytest

from pipelines.errors import UserError
from pipelines.filters import external
from pipelines.filters.external import External
from pipelines.filters.rule import Candidate, Judgement


@pytest.fixture
def path(monkeypatch):
    """Gives the dotted path of a function."""

    def named(function):
        module = ModuleType("a_scorer")
        module.score = function
        monkeypatch.setitem(sys.modules, module.__name__, module)
        external._imported.cache_clear()
        return "a_scorer:score"

    yield named
    external._imported.cache_clear()


def test_the_function_is_given_all_sources_and_texts_at_once(path):
    asked = []

    def score(pairs):
        asked.append(pairs)
        return [len(text) / len(source) for source, text in pairs]

    candidates = [Candidate(source="abcd", text=text, change=0.3) for text in ("ab", "abcdef")]
    assert External(function=path(score)).measure(candidates, None) == [0.5, 1.5]
    assert asked == [[("abcd", "ab"), ("abcd", "abcdef")]]


@pytest.mark.parametrize(
    ("bounds", "kept", "threshold"),
    [({}, True, -inf), ({"minimum": -2}, False, -2), ({"maximum": 0}, True, 0), ({"maximum": -4}, False, -4)],
)
def test_the_bounds_are_settings_and_may_be_negative(judge, path, bounds, kept, threshold):
    rule = External(function=path(lambda pairs: [-3 for _ in pairs]), **bounds)
    judgement = judge(rule, "text")
    assert judgement == Judgement(rule="external", kept=kept, value=-3.0, threshold=threshold, reason=judgement.reason)
    assert kept or judgement.reason.startswith("score of a_scorer:score: -3, ")


def test_none_is_no_score(judge, path):
    assert judge(External(function=path(lambda pairs: [None])), "text") is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([0.5, 0.5], "a_scorer:score gave 2 scores for 1 texts"),
        (["high"], "a_scorer:score gave 'high', which is no number"),
        ([float("nan")], "a_scorer:score gave nan; give None for a text without a score"),
    ],
)
def test_what_is_no_list_of_scores_is_told(judge, path, given, told):
    with pytest.raises(UserError) as caught:
        judge(External(function=path(lambda pairs: given)), "text")
    assert str(caught.value) == told


@pytest.mark.parametrize("function", ["nowhere.to:be_found", "math:nothing", "math", ":", ""])
def test_a_function_that_cannot_be_imported_is_told(function):
    with pytest.raises(UserError, match=r"cannot be imported: .*; name it package.module:function$"):
        External(function=function)
