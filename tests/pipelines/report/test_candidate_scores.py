import numpy as np
import pytest

from pipelines.report.candidate_scores import read_candidate_scores
from pipelines.report.manifest_folder import ManifestFolder


@pytest.fixture
def candidates(variations_folder):
    return read_candidate_scores(ManifestFolder.open(variations_folder.write(), command="augment"))


def test_candidates_are_the_variations_then_the_rejects(candidates):
    assert candidates.table["outcome"].tolist() == ["accepted"] * 5 + ["rejected"] * 3 + ["short"]
    assert candidates.table["characters"].tolist()[-2:] == [len("The the the the."), 0]


def test_a_candidate_is_listed_below_every_rule_that_rejected_it(candidates):
    failing = {rule: rows.tolist() for rule, rows in candidates.failing().items()}
    assert failing == {"copy": [5], "drift": [6], "repetition": [7], "sibling": [6]}


def test_every_rule_has_a_column_and_no_number_where_it_measured_nothing(candidates):
    assert [*candidates.scores] == ["length_ratio", "repetition", "copy", "drift", "unfinished", "similarity"]
    assert candidates.scores["drift"].tolist()[:5] == [0.04, 0.07, 0.1, 0.14, 0.001]
    assert np.isnan(candidates.scores["unfinished"]).all()
