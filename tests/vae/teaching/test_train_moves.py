import numpy as np

from vae.language.language import language
from vae.teaching.fronted_sentences import FrontedSentence
from vae.teaching.move_examples import JudgedMove
from vae.teaching.train_moves import cross_validated_moves, fitted_moves, move_figures, pronouns_of

ENGLISH = language("en")


def judged(count=200):
    rows = np.random.default_rng(0).normal(size=(count, 3))
    return [JudgedMove(number // 4, "swap", tuple(row), bool(row[1] > 0.3)) for number, row in enumerate(rows)]


def test_weights_follow_what_was_accepted_on_other_paragraphs_too():
    _, weights = fitted_moves(judged())
    assert weights[1] > 5 * max(abs(weights[0]), abs(weights[2]))
    accepted = np.array([each.accepted for each in judged()])
    assert move_figures(cross_validated_moves(judged()), accepted)["area"] > 0.95


def test_figures_count_from_each_floor_on():
    counts = move_figures(np.array([0.95, 0.7, 0.5, 0.3]), np.array([True, True, False, False]))
    assert (counts["moves"], counts["accepted"], counts["area"]) == (4, 2, 1.0)
    assert (counts["from 0.4"], counts["right from 0.4"]) == (3, 0.667)
    assert (counts["from 0.9"], counts["right from 0.9"]) == (1, 1.0)


def test_log_ratios_of_pronouns_follow_where_authors_put_the_part_they_refer_to():
    fronted = [FrontedSentence(tuple("We washed them when the boxes arrived.".split()), 3)] * 8
    plain = [FrontedSentence(tuple("The boxes stayed when we opened them.".split()), -1)] * 8
    ratios = pronouns_of([*fronted, *plain], ENGLISH)
    assert set(ratios) == {"them", "we"}
    in_the_rest, in_the_part = ratios["them"]
    assert in_the_rest > 0 > in_the_part
