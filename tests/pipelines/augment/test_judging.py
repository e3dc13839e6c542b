import pytest

from pipelines.augment.judging import Judging, load_judging
from pipelines.errors import UserError
from pipelines.filters.all_rules import RULE_NAMES
from pipelines.filters.copy import Copy
from pipelines.filters.drift import Drift
from pipelines.filters.selection import Selection

CAT, DOG, BIRD = "The cat cleans the lamp.", "Then dogs paint eleven trains.", "Small birds count kettles."


def judging(**settings):
    return Judging(rules=(), per_post=2, selection=Selection(**settings))


def test_failures_are_the_judgements_of_the_rules_that_do_not_keep():
    rules = Judging(rules=(Copy(minimum=0.1), Drift(maximum=0.5)), selection=Selection(), per_post=2)
    assert rules.failures({"copy": 0.3, "drift": 0.3}) == []
    assert [failure.rule for failure in rules.failures({"copy": 0.0, "drift": 0.9})] == ["copy", "drift"]
    assert [failure.rule for failure in rules.failures({"copy": None, "drift": 0.9})] == ["drift"]


def test_as_many_as_wanted_are_picked_the_best_first():
    scores = [{"similarity": cosine} for cosine in (0.8, 0.95, 0.9)]
    assert judging(balance=1).pick([CAT, DOG, BIRD], scores) == [1, 2]


def test_texts_too_alike_are_not_picked_together():
    scores = [{"similarity": cosine} for cosine in (0.95, 0.95, 0.8)]
    assert judging(balance=1).pick([CAT, CAT, BIRD], scores) == [0, 2]
    assert judging(most_alike=0.5).pick([CAT, CAT], scores[:2]) == [0]


def test_a_file_changes_rules_and_selection(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text("drift: {maximum: 0.2}\ncopy: off\nselection: {balance: 0.9}\n")
    loaded = load_judging(str(path), per_post=3)
    settings = loaded.settings()
    assert (loaded.per_post, loaded.selection.balance, settings["per_post"]) == (3, 0.9, 3)
    assert (settings["filters"]["drift"], settings["filters"]["copy"]) == ({"maximum": 0.2}, False)
    assert settings["filters"].keys() == {*RULE_NAMES, "selection"}


def test_no_variations_are_not_asked_for():
    with pytest.raises(UserError, match="--per-post 0: ask for at least one variation"):
        load_judging(None, per_post=0)
