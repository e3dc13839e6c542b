import pytest

from tokenizer.segments import cut
from vae.variation.move import SWAP, Move
from vae.variation.seam_scores import seam_scores
from vae.variation.words import words_of

pytestmark = pytest.mark.slow

KEY = (0, "post", 0)


@pytest.fixture
def words(fills):
    ((segment,),) = cut(["The quiet cat paints dogs and birds."], tokenizer=fills.tokenizer, max_len=fills.max_len)
    return words_of(segment, fills.tokenizer)


@pytest.fixture
def moves(words):
    return [
        Move(SWAP, 4, 5, 6, 7, words.words[4:], ("birds", "and", "dogs.")),
        Move(SWAP, 0, 1, 1, 3, words.words[:3], ("quiet", "cat", "The")),
    ]


def test_seams_of_a_move_depend_on_no_other_move(fills, words, moves):
    both = seam_scores(fills, words, moves, key=KEY)
    assert [score for move in moves for score in seam_scores(fills, words, [move], key=KEY)] == both
    assert all(score.new_least <= score.new < 0 and score.old_least <= score.old < 0 for score in both)


def test_a_move_that_changes_nothing_scores_the_same_before_and_behind(fills, words):
    (score,) = seam_scores(fills, words, [Move(SWAP, 4, 5, 6, 7, words.words[4:], words.words[4:])], key=KEY)
    assert (score.new, score.new_least) == (score.old, score.old_least)


def test_noise_follows_from_the_key(fills, words, moves):
    assert seam_scores(fills, words, moves, key=KEY) == seam_scores(fills, words, moves, key=KEY)
    assert seam_scores(fills, words, moves, key=KEY) != seam_scores(fills, words, moves, key=(1, "post", 0))
