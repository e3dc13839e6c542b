from itertools import islice

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vae.data.array_batches import ArrayBatches
from vae.models.dense import BagBatch


def batches(count=10, size=4, seed=0):
    return ArrayBatches(BagBatch(torch.arange(count)[:, None]), size=size, seed=seed)


def read(batches):
    return [batch.values[:, 0].tolist() for batch in batches]


@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 3))
def test_an_epoch_has_every_example_once_in_even_batches(count, size, seed):
    shuffled = batches(count, size, seed)
    epoch = read(shuffled)
    assert sorted(number for batch in epoch for number in batch) == list(range(count))
    sizes = {len(batch) for batch in epoch}
    assert len(shuffled) == len(epoch) == -(-count // size)
    assert max(sizes) <= size
    assert max(sizes) - min(sizes) <= 1


def test_the_order_depends_on_seed_and_epoch_alone():
    one, same, other = batches(100), batches(100), batches(100, seed=1)
    first, second = read(one), read(one)
    assert first != second
    assert [read(same), read(same)] == [first, second]
    assert read(other) != first


def test_without_a_seed_the_order_is_unchanged():
    unshuffled = batches(7, 3, None)
    assert read(unshuffled) == read(unshuffled) == [[0, 1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize("epoch", [0, 1])
@pytest.mark.parametrize("given_before", [0, 1, 2])
def test_a_resumed_epoch_goes_on_with_the_next_batch(epoch, given_before):
    unbroken, stopped, resumed = batches(), batches(), batches()
    epochs = [read(unbroken) for _ in range(3)]
    for _ in range(epoch):
        read(stopped)
    assert read(islice(stopped, given_before)) == epochs[epoch][:given_before]
    resumed.load_state_dict(stopped.state_dict())
    assert read(resumed) == epochs[epoch][given_before:]
    assert read(resumed) == epochs[epoch + 1]
