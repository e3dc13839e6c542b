import re

import numpy as np
import pytest

from pipelines.report.candidate_scores import read_candidate_scores
from pipelines.report.manifest_folder import ManifestFolder
from pipelines.report.rule_scores import RuleBounds, rule_scores


@pytest.fixture
def scored(variations_folder):
    """Writes the folder; gives its candidates, and what its rules scored by name."""

    def read():
        folder = ManifestFolder.open(variations_folder.write(), command="augment")
        candidates = read_candidate_scores(folder)
        return candidates, {rule.name: rule for rule in rule_scores(candidates, filters=variations_folder.filters)}

    return read


def spans(rule):
    return re.findall(r"<title>([^<]*)</title>", rule.chart)


def test_a_rule_tells_how_many_it_measured_and_rejected_and_what_it_keeps(scored):
    drift = scored()[1]["drift"]

    assert (drift.measured, drift.rejected, drift.median) == (8, 1, 0.085)
    assert drift.bounds == RuleBounds(maximum=0.65)
    assert drift.contract.startswith("Kept if the share of changed words")


def test_the_first_sentence_tells_what_is_kept_and_one_bar_is_known(scored):
    rules = scored()[1]

    assert rules["copy"].keeps == "Kept if the share of changed words is at least minimum: not a copy of the source."
    assert [name for name, rule in rules.items() if rule.one_bar] == ["length_ratio", "repetition"]


def test_the_chart_sets_accepted_on_rejected_and_marks_the_threshold(scored):
    drift = scored()[1]["drift"]

    assert spans(drift)[-1] == "0.68 to 0.72: 0 accepted, 1 rejected"
    assert ">at most 0.65</text>" in drift.chart


def test_nearest_are_the_worst_accepted_and_the_best_rejected(variations_folder, scored):
    lonely = variations_folder.rejects[1]
    variations_folder.rejects.append({**lonely, "scores": {**lonely["scores"], "drift": 0.66}})
    candidates, rules = scored()

    assert candidates.scores["drift"][rules["drift"].nearest].tolist() == [0.14, 0.1, 0.07, 0.04, 0.001, 0.66, 0.7]
    assert rules["repetition"].nearest.tolist() == [7]


def test_at_most_twenty_of_each_are_nearest(variations_folder, scored):
    variations_folder.variations *= 10

    assert len(scored()[1]["drift"].nearest) == 21


def test_a_rule_that_is_off_is_left_out_and_one_that_measured_nothing_says_so(variations_folder, scored):
    variations_folder.rejects.pop(2)
    rules = scored()[1]

    assert list(rules) == ["length_ratio", "repetition", "copy", "drift"]
    assert (rules["repetition"].measured, rules["repetition"].median, rules["repetition"].chart) == (0, None, None)


def test_a_rule_of_the_users_own_has_scores_without_a_sentence(variations_folder, scored):
    variations_folder.filters.pop("drift")

    assert scored()[1]["drift"].bounds == RuleBounds(maximum=0.65)


@pytest.mark.parametrize(
    ("limits", "missed", "bounds"),
    [
        ({"minimum": 0.6, "maximum": 1.6}, None, RuleBounds(minimum=0.6, maximum=1.6)),
        ({"maximum": 0}, (1.0, 5.0), RuleBounds(maximum=0)),
        ({"words": ["no"]}, (2.0, 0.0), RuleBounds(maximum=0)),
        ({"words": ["no"]}, (0.1, 0.5), RuleBounds(minimum=0.5)),
        ({"words": ["no"]}, None, RuleBounds()),
        (None, None, RuleBounds()),
    ],
)
def test_bounds_are_those_of_the_settings_or_else_the_one_a_reject_missed(limits, missed, bounds):
    assert RuleBounds.of(limits, missed=missed) == bounds


def test_a_value_is_as_far_as_the_nearer_bound():
    assert RuleBounds(minimum=1, maximum=3).distances(np.array([0.5, 1.0, 1.75, 2.5, 5.0])).tolist() == [
        0.5,
        0,
        0.75,
        0.5,
        2,
    ]
    assert RuleBounds(maximum=3).distances(np.array([1.0])).tolist() == [2]


def test_the_bounds_are_marked_as_a_reader_says_them():
    assert RuleBounds(minimum=0.6, maximum=1.6).marks() == {"at least 0.6": 0.6, "at most 1.6": 1.6}
