import pytest
import torch

from vae.language.sentence_encoder import SentenceEncoder
from vae.variation.contextual_similarity import SIMILARITY_COLUMNS, SpanSubstitution, context_cosines

ENCODER = SentenceEncoder.load()
LAST = SIMILARITY_COLUMNS.index("near 6")
BANK = "We tied the boat to a tree on the bank and waited for the rain to end."


def cosines_of(text, word, *new):
    """The rows of candidates for a word of a text."""
    start = text.index(word)
    return context_cosines(ENCODER, text, [SpanSubstitution(start, start + len(word), each) for each in new])


def test_the_sentence_decides_which_sense_is_nearer():
    shore, lender = cosines_of(BANK, "bank", "shore", "lender")[:, LAST]
    shore_of_money, lender_of_money = cosines_of(
        "The bank refused him a loan for the third time.", "bank", "shore", "lender"
    )[:, LAST]
    assert shore - lender > shore_of_money - lender_of_money + 0.1


def test_a_word_has_cosine_1_with_itself_before_the_first_layer():
    (row,) = cosines_of(BANK, "boat", "boat")
    assert row[0] == pytest.approx(1, abs=1e-5)
    assert row[LAST] > 0.95
    assert row[SIMILARITY_COLUMNS.index("rarer")] == row[SIMILARITY_COLUMNS.index("more pieces")] == 0


def test_the_row_of_a_candidate_does_not_depend_on_other_candidates():
    (alone,) = cosines_of(BANK, "rain", "storm")
    among = cosines_of(BANK, "rain", "shower", "storm", "sleet and snow", "sun")
    assert torch.allclose(alone, among[1], atol=1e-4)


def test_rarer_words_and_words_of_more_pieces_count_as_such():
    rows = cosines_of(BANK, "boat", "skiff", "very small boat")
    assert rows[0, SIMILARITY_COLUMNS.index("rarer")] > 0
    assert rows[1, SIMILARITY_COLUMNS.index("more pieces")] == 2


def test_no_candidates_give_no_rows():
    assert context_cosines(ENCODER, BANK, []).shape == (0, len(SIMILARITY_COLUMNS))
