from dataclasses import replace

import pytest
import torch

from tokenizer.tokenizer import BOS, EOS, PAD, UNK
from vae.data.text_batch import TextBatch

IDS = torch.tensor([[7, 8, EOS, PAD], [9, 10, 11, EOS], [EOS, PAD, PAD, PAD]])


@pytest.fixture
def batch():
    lengths, conditions = torch.tensor([3, 4, 1]), torch.tensor([[1, 0], [2, 2], [0, 1]])
    return TextBatch.of(IDS, lengths, conditions=conditions, rows=torch.tensor([5, 3, 9]))


def test_the_inputs_are_the_texts_after_bos(batch):
    assert batch.inputs.tolist() == [[BOS, 7, 8, EOS], [BOS, 9, 10, 11], [BOS, EOS, PAD, PAD]]


def test_units_are_pieces_and_count_the_end_marker(batch):
    assert (len(batch), batch.units) == (3, 8)


def test_a_slice_of_a_batch_is_a_batch(batch):
    some = batch[::2]
    assert (len(some), some.units) == (2, 4)
    for name in ("ids", "lengths", "inputs", "conditions", "rows"):
        assert torch.equal(getattr(some, name), getattr(batch, name)[::2])
    assert batch[:] is batch


def test_a_batch_is_repeated_as_a_whole(batch):
    twice = batch.repeat(2)
    assert (len(twice), twice.units) == (6, 16)
    for half in (twice[:3], twice[3:]):
        for name in ("ids", "lengths", "inputs", "conditions"):
            assert torch.equal(getattr(half, name), getattr(batch, name))


def test_what_a_masked_decoder_reads_is_sliced_and_repeated_with_the_texts(batch):
    masked = replace(batch, hidden=IDS == 7, levels=torch.tensor([0.5, 1.0, 1.5]))
    assert torch.equal(masked[1:].hidden, masked.hidden[1:])
    assert masked[1:].levels.tolist() == [1.0, 1.5]
    assert torch.equal(masked.repeat(2).hidden, torch.cat([masked.hidden, masked.hidden]))
    assert masked.repeat(2).levels.tolist() == [0.5, 1.0, 1.5] * 2


def test_hidden_inputs_stay_hidden_in_a_slice_and_when_repeated(batch):
    hidden = batch.hide_inputs(1.0)
    assert torch.equal(hidden[1:].inputs, hidden.inputs[1:])
    assert torch.equal(hidden.repeat(2).inputs, torch.cat([hidden.inputs, hidden.inputs]))


def test_every_tensor_of_a_batch_moves_to_a_device(batch):
    moved = batch.hide_inputs(1.0).to("meta")
    for name in ("ids", "lengths", "inputs", "conditions", "rows"):
        assert (getattr(moved, name).device.type, getattr(moved, name).shape) == ("meta", getattr(batch, name).shape)
    assert (moved.units, TextBatch.of(IDS, batch.lengths).to("meta").conditions) == (8, None)


def test_a_share_of_the_inputs_is_replaced_by_unk():
    torch.manual_seed(0)
    batch = TextBatch.of(torch.full((200, 100), 7), torch.full((200,), 100))
    hidden = batch.hide_inputs(0.3)
    assert (hidden.inputs[:, 0] == BOS).all()
    assert set(hidden.inputs[:, 1:].unique().tolist()) == {UNK, 7}
    assert (hidden.inputs[:, 1:] == UNK).float().mean().item() == pytest.approx(0.3, abs=0.02)
    assert torch.equal(hidden.ids, batch.ids)


def test_no_input_is_hidden_at_share_0_and_all_but_bos_at_1(batch):
    assert batch.hide_inputs(0.0).inputs.tolist() == batch.inputs.tolist()
    assert batch.hide_inputs(1.0).inputs.tolist() == [[BOS, UNK, UNK, UNK]] * 3
