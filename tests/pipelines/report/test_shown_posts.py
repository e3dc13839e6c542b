import hashlib

import numpy as np
import pandas as pd

from pipelines.report.candidate_scores import CandidateScores
from pipelines.report.shown_posts import LONGEST_SHOWN, MOST_CHARACTERS, MOST_ROWS, chosen_rows

NONE = np.empty(0, np.intp)


def candidates(posts, *, characters):
    table = pd.DataFrame({"post_id": posts, "characters": characters, "outcome": "accepted"})
    return CandidateScores(table=table, scores=pd.DataFrame())


def test_all_rows_are_shown_where_there_is_room():
    assert chosen_rows(candidates(["a", "b", "a"], characters=9), nearest=NONE).tolist() == [0, 1, 2]


def test_whole_posts_are_shown_the_first_by_sha_256_while_there_is_room_for_their_rows():
    posts = [f"post-{number}" for number in range(41)]
    rows = posts * (MOST_ROWS // 20)
    first = sorted(posts, key=lambda post: hashlib.sha256(post.encode()).digest())[:20]

    assert {rows[row] for row in chosen_rows(candidates(rows, characters=1), nearest=NONE)} == set(first)


def test_texts_are_shown_while_there_is_room_for_them_and_their_posts():
    posts = [f"post-{number}" for number in range(9000)]
    chosen = chosen_rows(candidates(posts, characters=10 * LONGEST_SHOWN), nearest=NONE)

    assert len(chosen) == MOST_CHARACTERS // (2 * LONGEST_SHOWN)


def test_the_rows_nearest_to_a_threshold_are_shown_in_any_case():
    posts = ["a"] * (MOST_ROWS + 1)

    assert chosen_rows(candidates(posts, characters=1), nearest=np.array([7, 3, 7])).tolist() == [3, 7]
