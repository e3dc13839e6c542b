import json
import lzma

import numpy as np

from vae.language.language import language
from vae.teaching.fronted_sentences import Placed, placed
from vae.teaching.move_examples import JudgedMove
from vae.teaching.train_moves import cross_validated_moves, fitted_moves, move_figures, pronouns_of

ENGLISH = language("en")


def test_a_part_put_first_goes_back_to_the_end(tmp_path):
    sentences = ["When the tests fail, the build stops at once.", "The build stops when the tests fail at once."]
    file = tmp_path / "revisions.jsonl.xz"
    with lzma.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"new": each}) + "\n" for each in [*sentences, "Short one.", "Does it stop (now)?"])
    moved, plain = placed(file, ENGLISH)
    assert " ".join(moved.words) == "The build stops at once when the tests fail."
    assert moved.words[moved.place] == "when"
    assert (" ".join(plain.words), plain.place) == (sentences[1], -1)


def judged(count=200):
    rows = np.random.default_rng(0).normal(size=(count, 3))
    return [JudgedMove(number // 4, "swap", tuple(row), bool(row[1] > 0.3)) for number, row in enumerate(rows)]


def test_weights_follow_what_was_accepted_on_other_paragraphs_too():
    _, weights = fitted_moves(judged())
    assert weights[1] > 5 * max(abs(weights[0]), abs(weights[2]))
    accepted = np.array([each.accepted for each in judged()])
    assert move_figures(cross_validated_moves(judged()), accepted)["area"] > 0.95


def test_figures_count_from_each_floor_on():
    found = move_figures(np.array([0.95, 0.7, 0.5, 0.3]), np.array([True, True, False, False]))
    assert (found["moves"], found["accepted"], found["area"]) == (4, 2, 1.0)
    assert (found["from 0.4"], found["right from 0.4"]) == (3, 0.667)
    assert (found["from 0.9"], found["right from 0.9"]) == (1, 1.0)


def test_pronouns_that_need_a_part_to_be_understood_are_told_by_where_authors_put_it():
    behind = [Placed(tuple("We washed them when the boxes arrived.".split()), 3)] * 8
    last = [Placed(tuple("The boxes stayed when we opened them.".split()), -1)] * 8
    found = pronouns_of([*behind, *last], ENGLISH)
    assert set(found) == {"them", "we"}
    needed, first = found["them"]
    assert needed > 0 > first
