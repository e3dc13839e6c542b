import pytest
import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.decode.stepwise import decode_stepwise, until_end

VOCAB = 9


class Scripted:
    """Stands for a model: at each place it prefers the piece that its script has for the row, then the last piece."""

    max_len = 5

    def __init__(self, *rows):
        self.rows, self.previous = rows, []

    def start(self, _z, _conditions):
        return None

    def step(self, state, previous, place):
        self.previous.append(previous.tolist())
        scores = torch.zeros(len(self.rows), VOCAB)
        scores[:, VOCAB - 1] = 1.0
        for row, script in enumerate(self.rows):
            scores[row, script[place]] = 2.0
        return scores, state


def decoded(model, banned=None):
    z = torch.zeros(len(model.rows), 1, 1)
    return decode_stepwise(model, z, None, pick=lambda scores, _: scores.argmax(-1), banned=banned)


def test_rows_are_cut_before_their_first_end_marker():
    assert until_end(torch.tensor([[5, EOS, 6], [EOS, EOS, EOS], [5, 6, 7]])) == [[5], [], [5, 6, 7]]


def test_each_row_is_written_to_its_end_or_to_max_len():
    assert decoded(Scripted([4, EOS, 5, 5, 5], [4, 5, 6, 7, 4])) == [[4], [4, 5, 6, 7, 4]]


def test_the_model_reads_bos_and_then_what_was_written():
    model = Scripted([4, EOS, 5, 5, 5], [5, 6, EOS, 7, 7])
    decoded(model)
    assert model.previous == [[BOS, BOS], [4, 5], [EOS, 6]]


@pytest.mark.parametrize("special", [PAD, UNK, BOS])
def test_a_special_piece_is_never_written(special):
    assert decoded(Scripted([4, special, EOS, 4, 4])) == [[4, VOCAB - 1]]


def test_banned_pieces_depend_on_the_pieces_before_them():
    histories = []

    def banned(scores, history):
        histories.append(history.tolist())
        scores[:, 5] = -torch.inf

    assert decoded(Scripted([4, 5, EOS, 4, 4]), banned) == [[4, VOCAB - 1]]
    assert histories == [[[]], [[4]], [[4, VOCAB - 1]]]
