import numpy as np
import pandas as pd

from pipelines.report.candidate_scores import CandidateScores
from pipelines.report.examples import example_rows


def candidates(rows):
    """Candidates by (post, outcome, change, similarity)."""
    table = pd.DataFrame(rows, columns=["post_id", "outcome", "change_measured", "similarity"])
    return CandidateScores(table=table, scores=table[["similarity"]].assign(cycle=np.nan))


def test_the_best_changed_much_and_kept_the_meaning_and_the_worst_lost_it():
    rows = [
        ("a", "accepted", 0.01, 0.99),  # hardly changed
        ("b", "accepted", 0.10, 0.97),
        ("c", "accepted", 0.12, 0.96),
        ("d", "accepted", 0.20, 0.88),
        ("e", "rejected", 0.20, 0.10),
        ("f", "accepted", 0.02, 0.90),
    ]
    assert example_rows(candidates(rows)) == {
        1: "best 1",
        2: "best 2",
        3: "best 3",
        5: "worst 1",
        0: "worst 2",
    }


def test_examples_of_a_kind_are_of_three_posts():
    rows = [("a", "accepted", 0.1, 0.99 - place / 1000) for place in range(5)]
    rows += [(post, "accepted", 0.1, 0.9) for post in "bcd"]
    assert example_rows(candidates(rows)) == {
        0: "best 1",
        5: "best 2",
        6: "best 3",
        7: "worst 1",
        4: "worst 2",
    }


def test_without_scores_that_tell_them_apart_there_are_no_examples():
    assert example_rows(candidates([(post, "accepted", 0.1, np.nan) for post in "abc"])) == {}
    assert example_rows(candidates([("a", "rejected", 0.1, 0.3)])) == {}
