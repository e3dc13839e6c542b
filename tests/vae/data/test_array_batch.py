import torch

from vae.models.dense import BagBatch
from vae.models.image import ImageBatch

ROWS = torch.arange(6.0).view(3, 2)


def test_the_units_of_a_batch_are_its_examples():
    batch = ImageBatch(torch.zeros(5, 28, 28))
    assert (len(batch), batch.units) == (5, 5)


def test_rows_are_selected_by_slice_or_by_number():
    batch = BagBatch(ROWS)
    assert batch[1:].values.tolist() == [[2, 3], [4, 5]]
    taken = batch[torch.tensor([2, 0])]
    assert taken.values.tolist() == [[4, 5], [0, 1]]
    assert type(taken) is BagBatch


def test_a_batch_is_repeated_as_a_whole():
    assert BagBatch(ROWS[:2]).repeat(2).values.tolist() == [[0, 1], [2, 3], [0, 1], [2, 3]]
    assert ImageBatch(torch.zeros(2, 28, 28)).repeat(3).values.shape == (6, 28, 28)


def test_no_input_is_hidden_since_the_decoder_reads_z_alone():
    batch = BagBatch(ROWS)
    assert batch.hide_inputs(1.0) is batch


def test_a_batch_moves_to_a_device():
    moved = BagBatch(ROWS).to("meta")
    assert moved.values.device.type == "meta"
    assert type(moved) is BagBatch
