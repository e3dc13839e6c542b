import numpy as np
import pytest

from vae.language.sentence_encoder import LONGEST_TEXT, SentenceEncoder
from vae.variation.fronting import LAYER, LAYERS, PutFirst, beside, word_states

ENCODER = SentenceEncoder.load()


def test_put_first_reads_the_states_beside_a_place():
    states = np.zeros((3, 2, len(LAYERS), 2), np.float32)
    states[0, 1, LAYER], states[1, 0, LAYER] = (1, 2), (3, 4)
    assert beside(states, 1).tolist() == [1, 2, 3, 4]
    assert PutFirst(10.0, np.array([1, 10, 100, 1000], np.float32))(states, 1) == 10 + 1 + 20 + 300 + 4000


def test_a_word_of_one_piece_has_the_same_state_at_both_ends_and_a_longer_one_has_two():
    states = word_states(ENCODER, ["tea", "unfathomably"])
    assert states.shape[:3] == (2, 2, len(LAYERS))
    np.testing.assert_array_equal(states[0, 0], states[0, 1])
    assert not np.array_equal(states[1, 0], states[1, 1])


def test_states_depend_on_the_sentence_but_those_before_the_first_layer_on_the_place_alone():
    money, river = (word_states(ENCODER, text.split()) for text in ("a bank of money", "a bank of rivers"))
    np.testing.assert_allclose(money[1, :, LAYERS.index(0)], river[1, :, LAYERS.index(0)], atol=1e-6)
    assert np.abs(money[1, :, LAYER] - river[1, :, LAYER]).max() > 0.01


@pytest.mark.slow
def test_words_behind_the_pieces_that_are_read_have_the_states_of_the_last_one():
    states = word_states(ENCODER, ["tea"] * (LONGEST_TEXT + 5))
    np.testing.assert_array_equal(states[-1], states[LONGEST_TEXT - 3])
    assert not np.array_equal(states[LONGEST_TEXT - 3], states[LONGEST_TEXT - 4])
