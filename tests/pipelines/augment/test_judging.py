import pytest

from pipelines.augment.judging import Judging, failures, judging_of, judging_settings, pick
from pipelines.errors import UserError
from pipelines.filters.all_rules import RULE_NAMES
from pipelines.filters.copy import Copy
from pipelines.filters.drift import Drift
from pipelines.filters.selection import Selection

CAT, DOG, BIRD = "The cat cleans the lamp.", "Then dogs paint eleven trains.", "Small birds count kettles."


def judging(**settings):
    return Judging(rules=(), per_post=2, selection=Selection(**settings))


def test_failures_are_the_judgements_of_the_rules_that_do_not_keep():
    rules = (Copy(minimum=0.1), Drift(maximum=0.5))
    assert failures({"copy": 0.3, "drift": 0.3}, rules) == []
    assert [each.rule for each in failures({"copy": 0.0, "drift": 0.9}, rules)] == ["copy", "drift"]
    assert [each.rule for each in failures({"copy": None, "drift": 0.9}, rules)] == ["drift"]


def test_as_many_as_wanted_are_picked_the_best_first():
    scores = [{"similarity": cosine} for cosine in (0.8, 0.95, 0.9)]
    assert pick([CAT, DOG, BIRD], scores, judging(balance=1)) == [1, 2]


def test_texts_too_alike_are_not_picked_together():
    scores = [{"similarity": cosine} for cosine in (0.95, 0.95, 0.8)]
    assert pick([CAT, CAT, BIRD], scores, judging(balance=1)) == [0, 2]
    assert pick([CAT, CAT], scores[:2], judging(most_alike=0.5)) == [0]


def test_a_file_changes_rules_and_selection(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text("drift: {maximum: 0.2}\ncopy: off\nselection: {balance: 0.9}\n")
    made = judging_of(str(path), per_post=3)
    settings = judging_settings(made)
    assert (made.per_post, made.selection.balance, settings["per_post"]) == (3, 0.9, 3)
    assert (settings["filters"]["drift"], settings["filters"]["copy"]) == ({"maximum": 0.2}, False)
    assert settings["filters"].keys() == {*RULE_NAMES, "selection"}


def test_no_variations_are_not_asked_for():
    with pytest.raises(UserError, match="--per-post 0: ask for at least one variation"):
        judging_of(None, per_post=0)
